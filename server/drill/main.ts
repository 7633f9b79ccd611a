import { runDrill } from './run-drill.ts'

process.exitCode = await runDrill(process.argv.slice(2))
