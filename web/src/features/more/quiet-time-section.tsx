import { useClient } from '../../api/client-context.ts'
import { type QuietTime, saveQuietTime, useQuietTime } from '../../api/quiet-time.ts'
import { formatFull } from '../../i18n/dates.ts'
import { useLanguage, useText } from '../../i18n/text.ts'
import { Button } from '../../ui/button.tsx'
import { Section } from '../../ui/page.tsx'
import { SwitchRow } from '../../ui/switch-row.tsx'
import { showToast } from '../../ui/toast.tsx'
import { formatMinutes, nextMorning, parseMinutes } from './minutes.ts'
import styles from './quiet-time-section.module.css'

const hourMs = 3_600_000

/** Do not disturb: for a while from now, and each night. */
export function QuietTimeSection() {
  const text = useText()
  const language = useLanguage()
  const client = useClient()
  const quiet = useQuietTime()
  const { daily, until } = quiet
  const now = Date.now()

  function save(next: QuietTime): void {
    saveQuietTime(client, next).catch(() => showToast(text('general.failed')))
  }

  return (
    <Section padded title={text('settings.quiet')} text={text('settings.quietText')}>
      <div className={styles['now']}>
        {until !== undefined && until > now ? (
          <>
            <p>{text('settings.quietUntil', { time: formatFull(until, language) })}</p>
            <Button look="soft" onClick={() => save(daily ? { daily } : {})}>
              {text('settings.quietEnd')}
            </Button>
          </>
        ) : (
          <>
            <Button look="soft" onClick={() => save({ ...quiet, until: now + hourMs })}>
              {text('settings.quietHours', { count: 1 })}
            </Button>
            <Button look="soft" onClick={() => save({ ...quiet, until: now + 4 * hourMs })}>
              {text('settings.quietHours', { count: 4 })}
            </Button>
            <Button look="soft" onClick={() => save({ ...quiet, until: nextMorning(now) })}>
              {text('settings.quietMorning')}
            </Button>
          </>
        )}
      </div>
      <SwitchRow
        title={text('settings.quietDaily')}
        on={daily !== undefined}
        onChange={(wanted) => {
          const { daily: _, ...rest } = quiet
          save(wanted ? { ...rest, daily: { from: 22 * 60, to: 7 * 60 } } : rest)
        }}
      />
      {daily && (
        <div className={styles['times']}>
          {(['from', 'to'] as const).map((end) => (
            <label key={end}>
              {text(`settings.quiet.${end}`)}
              <input
                type="time"
                required
                value={formatMinutes(daily[end])}
                onChange={(event) => {
                  const minutes = parseMinutes(event.target.value)
                  if (minutes !== undefined) save({ ...quiet, daily: { ...daily, [end]: minutes } })
                }}
              />
            </label>
          ))}
        </div>
      )}
    </Section>
  )
}
