import { describeEvent } from '../../api/describe-event.ts'
import { useText } from '../../i18n/text.ts'
import styles from './message-content.module.css'
import type { ShownThing } from './shown-things.ts'

export function MessageContent({ thing }: { thing: ShownThing }) {
  const text = useText()
  if (thing.entry) return <p className={styles['text']}>{String(thing.entry.content['body'] ?? '')}</p>
  const { event } = thing
  if (event.getContent()['msgtype'] === 'm.text')
    return <p className={styles['text']}>{String(event.getContent()['body'])}</p>
  return <p className={styles['aside']}>{describeEvent(event, text)}</p>
}
