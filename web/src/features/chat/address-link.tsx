import type { ReactNode } from 'react'
import { useClient } from '../../api/client-context.ts'
import { parseMatrixLink } from '../../api/matrix-links.ts'
import { goTo } from '../../navigation/router.ts'
import { classNames } from '../../ui/class-names.ts'
import styles from './address-link.module.css'

/** An address in a message. People and chats that it names are shown and opened here, not at a third party's. */
export function AddressLink({ address, children }: { address: string; children: ReactNode }) {
  const me = useClient().getUserId()
  const named = parseMatrixLink(address, location.origin)
  if (named?.kind === 'person')
    return (
      <span className={classNames(styles['person'], named.userId === me && styles['me'])}>{children}</span>
    )
  if (named?.kind === 'chat')
    return (
      <a
        href={address}
        onClick={(event) => {
          event.preventDefault()
          const { open, event: shown } = named
          goTo({ section: 'chats', open, ...(shown !== undefined && { event: shown }) })
        }}
      >
        {children}
      </a>
    )
  return (
    <a href={address} target="_blank" rel="noreferrer noopener">
      {children}
    </a>
  )
}
