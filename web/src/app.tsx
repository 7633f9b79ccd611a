import { CSPProvider } from '@base-ui/react/csp-provider'
import { lazy, Suspense } from 'react'
import { type SessionState, sessionState } from './api/session.ts'
import { useStore } from './api/use-store.ts'
import { SignIn } from './features/sign-in/sign-in.tsx'
import { Frame } from './frame.tsx'
import { useText } from './i18n/text.ts'
import { Skeleton } from './ui/skeleton.tsx'
import { ToastArea } from './ui/toast.tsx'

/** Everything that needs the SDK, apart from the shell, which is there at once. */
const SignedIn = lazy(() => import('./signed-in.tsx').then(({ SignedIn }) => ({ default: SignedIn })))

export function App() {
  const state = useStore(sessionState)
  return (
    <CSPProvider disableStyleElements>
      <ToastArea>
        <Screen state={state} />
      </ToastArea>
    </CSPProvider>
  )
}

function Screen({ state }: { state: SessionState }) {
  switch (state.kind) {
    case 'unknown':
      return null
    case 'signed-out':
      return <SignIn ended={state.ended ?? false} />
    case 'signed-in':
      return (
        <Suspense fallback={<Starting />}>
          <SignedIn key={state.session.deviceId} session={state.session} starting={<Starting />} />
        </Suspense>
      )
  }
}

function Starting() {
  const text = useText()
  return <Frame list={<Skeleton rows={9} label={text('general.loading')} />} />
}
