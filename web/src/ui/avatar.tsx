import styles from './avatar.module.css'
import { avatarHue, avatarLetter } from './avatar-look.ts'
import { classNames } from './class-names.ts'

type AvatarProps = {
  id: string
  name: string
  /** Address of the picture (a blob), once it is there. */
  picture?: string | undefined
  size?: 's' | 'm' | 'l' | 'xl'
}

/** Says nothing to a screen reader: the name always stands beside it. */
export function Avatar({ id, name, picture, size = 'm' }: AvatarProps) {
  return (
    <span aria-hidden className={classNames(styles['avatar'], styles[size], styles[`hue${avatarHue(id)}`])}>
      {picture === undefined ? avatarLetter(name) : <img src={picture} alt="" draggable={false} />}
    </span>
  )
}
