import { useClient } from '../../api/client-context.ts'
import {
  type NotificationTopic,
  notificationTopics,
  useNotificationWishes,
  wishNotifications,
} from '../../api/notification-rules.ts'
import { useText } from '../../i18n/text.ts'
import { Section } from '../../ui/page.tsx'
import { SwitchRow } from '../../ui/switch-row.tsx'
import { showToast } from '../../ui/toast.tsx'
import { PushSection } from './push-section.tsx'
import { QuietTimeSection } from './quiet-time-section.tsx'

/** What a person is told about, and when not. It holds on all their devices. */
export function NotificationsPage() {
  const text = useText()
  const client = useClient()
  const wishes = useNotificationWishes()

  function wish(topic: NotificationTopic | 'all', wanted: boolean): void {
    wishNotifications(client, topic, wanted).catch(() => showToast(text('general.failed')))
  }

  return (
    <>
      <Section padded>
        <SwitchRow
          title={text('settings.notifyAll')}
          text={text('settings.notifyAllText')}
          on={wishes.all}
          onChange={(wanted) => wish('all', wanted)}
        />
      </Section>
      <Section padded title={text('settings.notifyAbout')} text={text('settings.notifyAboutText')}>
        {notificationTopics.map((topic) => (
          <SwitchRow
            key={topic}
            title={text(`settings.about.${topic}`)}
            on={wishes[topic]}
            disabled={!wishes.all}
            onChange={(wanted) => wish(topic, wanted)}
          />
        ))}
      </Section>
      <PushSection />
      <QuietTimeSection />
    </>
  )
}
