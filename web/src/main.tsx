import './ui/tokens.css'
import './ui/base.css'
import { createRoot } from 'react-dom/client'
import { startConnection } from './api/connection.ts'
import { startSession } from './api/session.ts'
import { App } from './app.tsx'
import { startText } from './i18n/text.ts'
import { startNavigation } from './navigation/router.ts'
import { startTheme } from './ui/theme.ts'

const place = document.getElementById('app')
if (!place) throw new Error('the page has no place for the app')

startTheme()
startNavigation()
await startText()
createRoot(place).render(<App />)
await startSession()
void startConnection()
