import DOMPurify from 'dompurify'
import { createElement, Fragment, type ReactNode } from 'react'
import { AddressLink } from './address-link.tsx'
import { Linked } from './linked.tsx'

const tags = [
  ...[
    'a',
    'b',
    'strong',
    'i',
    'em',
    'u',
    's',
    'del',
    'code',
    'pre',
    'br',
    'p',
    'blockquote',
    'ul',
    'ol',
    'li',
  ],
  ...['span', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'hr', 'sub', 'sup'],
]

/**
 * Formatted text of others. A well-kept library takes out everything but a few plain elements; what is left is made
 * anew by React, so that no markup of others is ever put into the page.
 * https://spec.matrix.org/v1.19/client-server-api/#mroommessage-msgtypes
 */
export function RichText({ html }: { html: string }) {
  const clean = DOMPurify.sanitize(html, {
    ALLOWED_TAGS: tags,
    ALLOWED_ATTR: ['href'],
    ALLOWED_URI_REGEXP: /^(?:https?|mailto):/i,
    FORBID_CONTENTS: ['mx-reply', 'script', 'style'],
    RETURN_DOM_FRAGMENT: true,
  })
  return <>{children(clean)}</>
}

function children(node: Node): ReactNode[] {
  return [...node.childNodes].map((child, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: the text never changes in itself.
    <Fragment key={index}>{drawn(child)}</Fragment>
  ))
}

function drawn(node: Node): ReactNode {
  if (node instanceof Text) return <Linked text={node.data} />
  if (!(node instanceof Element)) return null
  const tag = node.tagName.toLowerCase()
  if (tag === 'br' || tag === 'hr') return createElement(tag)
  const address = node.getAttribute('href')
  if (tag === 'a')
    return address === null ? children(node) : <AddressLink address={address}>{node.textContent}</AddressLink>
  return createElement(/^h[1-6]$/.test(tag) ? 'strong' : tag, null, children(node))
}
