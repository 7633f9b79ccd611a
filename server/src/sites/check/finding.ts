/** One thing that was looked at: what is so, why it matters, and what to do about it. */
export type SiteFinding = { level: 'ok' | 'warning' | 'problem'; what: string; why?: string; advice?: string }

export function ok(what: string): SiteFinding {
  return { level: 'ok', what }
}

export function printFinding({ level, what, why, advice }: SiteFinding): string {
  const more = [why, advice === undefined ? undefined : `-> ${advice}`].filter((line) => line !== undefined)
  return [`${level.padEnd(8)} ${what}`, ...more.map((line) => `         ${line}`)].join('\n')
}
