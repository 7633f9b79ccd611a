/** What stands after the @ that is being written at the end of a text; `undefined` when none is. */
export function mentionTerm(body: string): string | undefined {
  return /(?:^|\s)@([^\s@]{0,40})$/u.exec(body)?.[1]
}
