import { MapPin } from 'lucide-react'
import { useText } from '../../i18n/text.ts'
import { parseGeo } from './geo.ts'
import styles from './location-content.module.css'

/** A place. Nothing is asked of a map's maker until somebody follows the link. */
export function LocationContent({ content }: { content: Record<string, unknown> }) {
  const text = useText()
  const place = parseGeo(content['geo_uri'])
  if (!place) return <p>{String(content['body'] ?? '')}</p>
  const { latitude, longitude } = place
  const address = `https://www.openstreetmap.org/?mlat=${latitude}&mlon=${longitude}#map=16/${latitude}/${longitude}`
  return (
    <a className={styles['place']} href={address} target="_blank" rel="noreferrer noopener">
      <span className={styles['map']}>
        <MapPin size={34} aria-hidden />
      </span>
      <span className={styles['lines']}>
        <span className={styles['title']}>{text('preview.location')}</span>
        <span className={styles['where']}>
          {latitude.toFixed(5)}, {longitude.toFixed(5)}
        </span>
      </span>
    </a>
  )
}
