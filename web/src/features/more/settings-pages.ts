import { Bell, FolderDown, MonitorSmartphone, Palette, ShieldCheck, UserRoundX } from 'lucide-react'

/** The pages of the settings besides the profile, in the order of their list. Each has its address, `/app/more/<page>`. */
export const settingsPages = [
  { page: 'notifications', Picture: Bell },
  { page: 'security', Picture: ShieldCheck },
  { page: 'devices', Picture: MonitorSmartphone },
  { page: 'blocked', Picture: UserRoundX },
  { page: 'appearance', Picture: Palette },
  { page: 'account', Picture: FolderDown },
] as const

export type SettingsPage = (typeof settingsPages)[number]['page']
