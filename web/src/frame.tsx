import { Ellipsis, MessageCircle, Users, Wallet } from 'lucide-react'
import type { ReactNode } from 'react'
import styles from './frame.module.css'
import { useText } from './i18n/text.ts'
import { type Section, sections } from './navigation/places.ts'
import { goTo, usePlace } from './navigation/router.ts'
import { classNames } from './ui/class-names.ts'

type FrameProps = {
  list: ReactNode
  /** What is open beside the list on a desktop, and instead of it on a phone. */
  detail?: ReactNode
  /** Stands above everything: what is wrong with the connection. */
  status?: ReactNode
  /** Stands at the chats: how much is unread. */
  badge?: ReactNode
}

const pictures: Readonly<Record<Section, typeof Users>> = {
  people: Users,
  chats: MessageCircle,
  pay: Wallet,
  more: Ellipsis,
}

/** Tabs at the bottom of a phone, a rail at the side of a desktop, and the panes between. */
export function Frame({ list, detail, status, badge }: FrameProps) {
  const text = useText()
  const { section, open } = usePlace()
  return (
    <div className={classNames(styles['frame'], open !== undefined && styles['opened'])}>
      <nav className={styles['navigation']} aria-label={text('general.navigation')}>
        <img className={styles['mark']} src="/icons/mark.svg" alt="" width="36" height="36" />
        {sections.map((name) => {
          const Picture = pictures[name]
          return (
            <button
              key={name}
              type="button"
              className={styles['tab']}
              aria-current={name === section ? 'page' : undefined}
              onClick={() => goTo({ section: name })}
            >
              <span className={styles['picture']}>
                <Picture size={24} strokeWidth={name === section ? 2.3 : 1.9} aria-hidden />
                {name === 'chats' && badge}
              </span>
              {text(`general.${name}`)}
            </button>
          )
        })}
      </nav>
      <div className={styles['panes']}>
        {status}
        <div className={styles['list']}>{list}</div>
        {detail !== undefined && <main className={styles['detail']}>{detail}</main>}
      </div>
    </div>
  )
}
