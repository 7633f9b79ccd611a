import { Settings2 } from 'lucide-react'
import type { ReactNode } from 'react'
import { useText } from '../../i18n/text.ts'
import { goBack } from '../../navigation/router.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { Page } from '../../ui/page.tsx'
import { AccountPage } from './account-page.tsx'
import { AppearancePage } from './appearance-page.tsx'
import { BlockedPage } from './blocked-page.tsx'
import { DevicesPage } from './devices-page.tsx'
import { NotificationsPage } from './notifications-page.tsx'
import { ProfilePage } from './profile-page.tsx'
import { SecurityPage } from './security-page.tsx'
import type { SettingsPage } from './settings-pages.ts'

const pages: Readonly<Record<SettingsPage | 'profile', () => ReactNode>> = {
  profile: ProfilePage,
  notifications: NotificationsPage,
  security: SecurityPage,
  devices: DevicesPage,
  blocked: BlockedPage,
  appearance: AppearancePage,
  account: AccountPage,
}

/** What is open of the settings, or what stands in its place on a desktop while nothing is. */
export function Settings({ page }: { page: string | undefined }) {
  const text = useText()
  if (!isPage(page))
    return (
      <EmptyState
        picture={<Settings2 size={32} />}
        title={text('settings.choose')}
        text={text('settings.chooseText')}
      />
    )
  const Content = pages[page]
  return (
    <Page
      title={text(`settings.${page}`)}
      backLabel={text('general.back')}
      onBack={() => goBack({ section: 'more' })}
    >
      <Content />
    </Page>
  )
}

function isPage(name: string | undefined): name is keyof typeof pages {
  return name !== undefined && Object.hasOwn(pages, name)
}
