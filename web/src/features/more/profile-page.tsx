import { Camera, Trash2 } from 'lucide-react'
import { type FormEvent, useRef, useState } from 'react'
import { useClient } from '../../api/client-context.ts'
import { saveName, savePicture, saveStatus, useProfile } from '../../api/profiles.ts'
import { usePicture } from '../../api/use-media.ts'
import { useText } from '../../i18n/text.ts'
import { Avatar } from '../../ui/avatar.tsx'
import { Button } from '../../ui/button.tsx'
import { TextField } from '../../ui/text-field.tsx'
import { showToast } from '../../ui/toast.tsx'
import styles from './profile-page.module.css'

/** How the others see the person: picture, name, a line about how they are. */
export function ProfilePage() {
  const client = useClient()
  const profile = useProfile(client.getSafeUserId())
  return (
    <>
      <OwnPicture />
      <OwnWords key={`${profile.name}\n${profile.status}`} name={profile.name} status={profile.status} />
    </>
  )
}

function OwnPicture() {
  const text = useText()
  const client = useClient()
  const me = client.getSafeUserId()
  const { name, avatarMxc } = useProfile(me)
  const picture = usePicture(avatarMxc)
  const chooser = useRef<HTMLInputElement>(null)
  const [busy, setBusy] = useState(false)

  async function change(file: File | undefined): Promise<void> {
    setBusy(true)
    await savePicture(client, file).catch(() => showToast(text('general.failed')))
    setBusy(false)
  }

  return (
    <div className={styles['picture']}>
      <Avatar size="xl" id={me} name={name} picture={picture} />
      <p className={styles['id']}>{me}</p>
      <div className={styles['buttons']}>
        <Button look="soft" busy={busy} onClick={() => chooser.current?.click()}>
          <Camera size={18} aria-hidden />
          {text('settings.changePicture')}
        </Button>
        {avatarMxc !== undefined && (
          <Button look="quiet" disabled={busy} onClick={() => void change(undefined)}>
            <Trash2 size={18} aria-hidden />
            {text('settings.removePicture')}
          </Button>
        )}
      </div>
      <input
        ref={chooser}
        type="file"
        accept="image/png,image/jpeg,image/webp,image/gif"
        hidden
        onChange={(event) => {
          const [file] = event.target.files ?? []
          if (file) void change(file)
          event.target.value = ''
        }}
      />
    </div>
  )
}

function OwnWords(known: { name: string; status: string }) {
  const text = useText()
  const client = useClient()
  const [name, setName] = useState(known.name)
  const [status, setStatus] = useState(known.status)
  const [busy, setBusy] = useState(false)
  const changed = name.trim() !== known.name || status.trim() !== known.status

  async function save(): Promise<void> {
    setBusy(true)
    try {
      if (status.trim() !== known.status) await saveStatus(client, status.trim())
      if (name.trim() !== known.name) await saveName(client, name.trim())
      showToast(text('settings.saved'))
    } catch {
      showToast(text('general.failed'))
      setBusy(false)
    }
  }

  function submit(event: FormEvent): void {
    event.preventDefault()
    void save()
  }

  return (
    <form className={styles['words']} onSubmit={submit}>
      <TextField
        label={text('signIn.name')}
        hint={text('signIn.nameHint')}
        autoComplete="name"
        maxLength={100}
        required
        value={name}
        onChange={(event) => setName(event.target.value)}
      />
      <TextField
        label={text('settings.status')}
        hint={text('settings.statusHint')}
        maxLength={100}
        value={status}
        onChange={(event) => setStatus(event.target.value)}
      />
      <Button type="submit" wide busy={busy} disabled={!changed || name.trim() === ''}>
        {text('general.save')}
      </Button>
    </form>
  )
}
