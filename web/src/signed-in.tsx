import type { MatrixClient } from 'matrix-js-sdk'
import { lazy, type ReactNode, Suspense, useEffect, useState } from 'react'
import { heedRelayOnly } from './api/call-privacy.ts'
import { watchCalls } from './api/calls.ts'
import { ClientContext, useClient } from './api/client-context.ts'
import { attachOutbox } from './api/device-outbox.ts'
import { startDrafts } from './api/drafts.ts'
import { holdDevice } from './api/hold-device.ts'
import { readPostponed } from './api/postponed.ts'
import { startSecurity, watchSecurity } from './api/security.ts'
import { registerServiceWorker } from './api/service-worker.ts'
import type { Session } from './api/session.ts'
import { startClient, whenPrepared } from './api/start-client.ts'
import { unlockHistory } from './api/unlock-history.ts'
import { useUnreadTotal } from './api/use-chats.ts'
import { CallLayer } from './features/calls/call-layer.tsx'
import { Chat } from './features/chat/chat.tsx'
import { Chats } from './features/chats/chats.tsx'
import { UnreadBadge } from './features/chats/unread-badge.tsx'
import { More } from './features/more/more.tsx'
import { Settings } from './features/more/settings.tsx'
import { People } from './features/people/people.tsx'
import { ProfileSheet } from './features/people/profile-sheet.tsx'
import { SecurityGate } from './features/security/security-gate.tsx'
import { SecurityNotice } from './features/security/security-notice.tsx'
import { Frame } from './frame.tsx'
import { useText } from './i18n/text.ts'
import { usePlace } from './navigation/router.ts'
import { StatusLine } from './status-line.tsx'
import { Button } from './ui/button.tsx'
import { EmptyState } from './ui/empty-state.tsx'
import { useNotifications } from './use-notifications.ts'

/** Money is not what most people open the app for. */
const Pay = lazy(() => import('./features/pay/pay.tsx').then(({ Pay }) => ({ default: Pay })))
const PayPage = lazy(() =>
  import('./features/pay/pay-page.tsx').then(({ PayPage }) => ({ default: PayPage })),
)

type SignedInProps = { session: Session; starting: ReactNode }

/** Everything for people who are signed in, once their client runs. */
export function SignedIn({ session, starting }: SignedInProps) {
  const start = useRunningClient(session)
  const text = useText()
  if (start.kind === 'starting') return starting
  if (start.kind === 'elsewhere')
    return (
      <EmptyState
        picture={<img src="/icons/mark.svg" alt="" width="72" height="72" />}
        title={text('general.elsewhere')}
        text={text('general.elsewhereText')}
      >
        <Button onClick={() => location.reload()}>{text('general.useHere')}</Button>
      </EmptyState>
    )
  return (
    <ClientContext value={start.client}>
      <SecurityGate starting={starting}>
        <Sections />
        <Notifications />
        <ProfileSheet />
        <CallLayer />
      </SecurityGate>
    </ClientContext>
  )
}

type Start = { kind: 'starting' } | { kind: 'elsewhere' } | { kind: 'running'; client: MatrixClient }

function useRunningClient(session: Session): Start {
  const [start, setStart] = useState<Start>({ kind: 'starting' })
  useEffect(() => {
    let client: MatrixClient | undefined
    let detach = () => {}
    const leave = holdDevice(session.deviceId, {
      async begin() {
        const starting = startClient(session)
        await Promise.all([startDrafts(), startSecurity(), readPostponed()])
        client = await starting
        await whenPrepared(client)
        const detachers = [
          attachOutbox(client),
          watchSecurity(client),
          unlockHistory(client),
          heedRelayOnly(client),
          watchCalls(client),
        ]
        detach = () => {
          for (const each of detachers) each()
        }
        setStart({ kind: 'running', client })
        await registerServiceWorker()
      },
      end() {
        detach()
        client?.stopClient()
        setStart({ kind: 'elsewhere' })
      },
    })
    return () => {
      leave()
      detach()
      client?.stopClient()
    }
  }, [session])
  return start
}

/** By themselves, so that a new message does not draw everything again. */
function Notifications() {
  useNotifications(useClient(), useUnreadTotal())
  return null
}

function Sections() {
  const place = usePlace()
  const frame = { status: <StatusLine />, badge: <UnreadBadge /> }
  switch (place.section) {
    case 'people':
      return <Frame {...frame} list={<People />} detail={<Chat key="none" />} />
    case 'pay':
      return (
        <Suspense fallback={<Frame {...frame} list={null} />}>
          <Frame {...frame} list={<Pay />} detail={<PayPage key={place.open} place={place} />} />
        </Suspense>
      )
    case 'more':
      return <Frame {...frame} list={<More />} detail={<Settings page={place.open} />} />
    case 'chats':
      return (
        <Frame
          {...frame}
          list={
            <>
              <SecurityNotice />
              <Chats />
            </>
          }
          detail={<Chat key={place.open} roomId={place.open} />}
        />
      )
  }
}
