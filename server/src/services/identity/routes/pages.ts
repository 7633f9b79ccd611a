import type { App } from '../../../platform/http/http.ts'

/** For small pages without scripts. */
export const pageHeaders = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'content-security-policy':
    "default-src 'none'; style-src 'unsafe-inline'; form-action *; base-uri 'none'; frame-ancestors 'none'",
}

/** Lets the routes of this scope take forms. */
export function acceptForms(scope: App): void {
  scope.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    (_request, body, done) => done(null, Object.fromEntries(new URLSearchParams(String(body)))),
  )
}

export function page(content: string): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Confirm</title>
<style>body{font:1rem system-ui;max-width:24rem;margin:3rem auto;padding:0 1rem}label,button{display:block;margin:1rem 0}</style>
</head><body><main>${content}</main></body></html>`
}

export function textPage(text: string): string {
  return page(`<p>${text}</p>`)
}

export function confirmPage(question: string, button: string): string {
  return page(`<p>${question}</p><form method="post"><button>${button}</button></form>`)
}
