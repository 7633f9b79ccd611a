import { CSPProvider } from '@base-ui/react/csp-provider'
import { lazy, Suspense } from 'react'
import { knownChats } from './api/known-chats.ts'
import { type SessionState, sessionState } from './api/session.ts'
import { useStore } from './api/use-store.ts'
import { KnownChatsList } from './features/chats/known-chats-list.tsx'
import { NoticeLine } from './features/security/notice-line.tsx'
import { SignIn } from './features/sign-in/sign-in.tsx'
import { firstPaint } from './first-paint.ts'
import { Frame } from './frame.tsx'
import { useLanguage, useText } from './i18n/text.ts'
import { usePlace } from './navigation/router.ts'
import { Badge } from './ui/badge.tsx'
import { Skeleton } from './ui/skeleton.tsx'
import { ToastArea } from './ui/toast.tsx'

/** Everything that needs the SDK, apart from the shell, which is seen before the SDK keeps the processor busy. */
const SignedIn = lazy(async () => {
  await firstPaint()
  const { SignedIn } = await import('./signed-in.tsx')
  return { default: SignedIn }
})

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
  const language = useLanguage()
  const kept = useStore(knownChats)
  const known = kept?.language === language ? kept : undefined
  const { section, open } = usePlace()
  const skeleton = <Skeleton rows={9} label={text('general.loading')} />
  return (
    <Frame
      list={
        section === 'chats' && known ? (
          <>
            {known.notice && <NoticeLine kind={known.notice} />}
            <KnownChatsList known={known} />
          </>
        ) : (
          skeleton
        )
      }
      detail={open !== undefined && skeleton}
      badge={
        known && <Badge count={known.unread} label={text('chats.unreadCount', { count: known.unread })} />
      }
    />
  )
}
