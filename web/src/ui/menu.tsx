import { ContextMenu } from '@base-ui/react/context-menu'
import { Menu as BaseMenu } from '@base-ui/react/menu'
import type { ReactElement, ReactNode } from 'react'
import { classNames } from './class-names.ts'
import styles from './menu.module.css'

export type MenuItem = {
  id: string
  label: string
  picture?: ReactNode
  danger?: boolean
  onSelect: () => void
}

type MenuProps = { items: readonly MenuItem[]; trigger: ReactElement; top?: ReactNode }

/** A menu that opens from a button. */
export function Menu({ items, trigger, top }: MenuProps) {
  return (
    <BaseMenu.Root>
      <BaseMenu.Trigger render={trigger} />
      <BaseMenu.Portal>
        <BaseMenu.Positioner className={styles['positioner']} sideOffset={4} align="end">
          <BaseMenu.Popup className={styles['menu']}>
            {top}
            <Items items={items} />
          </BaseMenu.Popup>
        </BaseMenu.Positioner>
      </BaseMenu.Portal>
    </BaseMenu.Root>
  )
}

type PressMenuProps = {
  items: readonly MenuItem[]
  target: ReactElement
  children: ReactNode
  top?: ReactNode
}

/** A menu that opens by a long press, the right mouse button or the keyboard's menu key on what `target` wraps. */
export function PressMenu({ items, target, children, top }: PressMenuProps) {
  return (
    <ContextMenu.Root>
      <ContextMenu.Trigger render={target}>{children}</ContextMenu.Trigger>
      <ContextMenu.Portal>
        <ContextMenu.Positioner className={styles['positioner']}>
          <ContextMenu.Popup className={styles['menu']}>
            {top}
            <Items items={items} />
          </ContextMenu.Popup>
        </ContextMenu.Positioner>
      </ContextMenu.Portal>
    </ContextMenu.Root>
  )
}

function Items({ items }: { items: readonly MenuItem[] }) {
  return items.map(({ id, label, picture, danger, onSelect }) => (
    <BaseMenu.Item
      key={id}
      className={classNames(styles['item'], danger && styles['danger'])}
      onClick={onSelect}
    >
      <span className={styles['picture']} aria-hidden>
        {picture}
      </span>
      {label}
    </BaseMenu.Item>
  ))
}
