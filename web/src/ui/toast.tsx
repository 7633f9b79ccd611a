import { Toast } from '@base-ui/react/toast'
import type { ReactNode } from 'react'
import styles from './toast.module.css'

const manager = Toast.createToastManager()

/** Says something in passing; it goes by itself. */
export function showToast(text: string, action?: { label: string; onSelect: () => void }): void {
  manager.add({
    description: text,
    timeout: 5000,
    ...(action && { actionProps: { children: action.label, onClick: action.onSelect } }),
  })
}

/** Where toasts appear: once, around everything. */
export function ToastArea({ children }: { children: ReactNode }) {
  return (
    <Toast.Provider toastManager={manager} limit={2}>
      {children}
      <Toast.Portal>
        <Toast.Viewport className={styles['area']}>
          <Toasts />
        </Toast.Viewport>
      </Toast.Portal>
    </Toast.Provider>
  )
}

function Toasts() {
  const { toasts } = Toast.useToastManager()
  return toasts.map((toast) => (
    <Toast.Root
      key={toast.id}
      toast={toast}
      className={styles['toast']}
      aria-label={typeof toast.description === 'string' ? toast.description : undefined}
    >
      <Toast.Content className={styles['content']}>
        <Toast.Description />
        {toast.actionProps && <Toast.Action className={styles['action']} />}
      </Toast.Content>
    </Toast.Root>
  ))
}
