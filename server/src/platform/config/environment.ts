import process from 'node:process'

/** The only place that looks at the process environment. */
// biome-ignore lint/style/noProcessEnv: everything else is given its configuration.
export const environment: Readonly<Record<string, string | undefined>> = process.env
