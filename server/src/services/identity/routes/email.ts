import Type from 'typebox'
import { callerOf } from '../../../platform/http/access.ts'
import type { App } from '../../../platform/http/http.ts'
import { interactiveOperation } from '../../../platform/http/interactive-operation.ts'
import type { EmailPurpose } from '../operations/mail-texts.ts'
import { refuse } from '../refusals.ts'
import type { IdentityService } from '../service.ts'
import { acceptForms, confirmPage, pageHeaders, textPage } from './pages.ts'

const account = '/_matrix/client/v3/account'
const validate = '/api/identity/v1/email/validate'

const TokenBody = Type.Object({
  client_secret: Type.String(),
  email: Type.String(),
  send_attempt: Type.Integer({ minimum: 0 }),
  next_link: Type.Optional(Type.String()),
  id_server: Type.Optional(Type.String()),
})
const AddBody = Type.Object({
  auth: Type.Optional(Type.Unknown()),
  client_secret: Type.String(),
  sid: Type.String(),
})
const DeleteBody = Type.Object({ medium: Type.String(), address: Type.String() })
const LinkQuery = Type.Object({ sid: Type.String(), token: Type.String() })

/** https://spec.matrix.org/v1.19/client-server-api/#adding-account-administrative-contact-information */
export function emailRoutes(app: App, identity: IdentityService): void {
  tokenRoutes(app, identity)
  linkRoutes(app, identity)

  app.get(`${account}/3pid`, { config: { access: 'user' } }, async (request) => ({
    threepids: (await identity.emailAddresses(callerOf(request).userId)).map(
      ({ address, validatedAtMs, addedAtMs }) => ({
        medium: 'email',
        address,
        validated_at: validatedAtMs,
        added_at: addedAtMs,
      }),
    ),
  }))

  app.post(
    `${account}/3pid/add`,
    { config: { access: 'user' }, schema: { body: AddBody } },
    async (request) => {
      const caller = callerOf(request)
      await identity.requireInteractiveAuth({ caller, ...interactiveOperation(request) })
      const { sid, client_secret: clientSecret } = request.body
      await identity.addEmailAddress(caller.userId, { sid, clientSecret })
      return {}
    },
  )

  app.post(
    `${account}/3pid/delete`,
    { config: { access: 'user', notSuspended: true }, schema: { body: DeleteBody } },
    async (request) => {
      const { medium, address } = request.body
      if (medium === 'email') await identity.removeEmailAddress(callerOf(request).userId, address)
      return { id_server_unbind_result: 'no-support' }
    },
  )
}

/** The first step: a mail is sent to the address. */
function tokenRoutes(app: App, identity: IdentityService): void {
  const paths: [path: string, purpose: EmailPurpose][] = [
    ['/_matrix/client/v3/register/email/requestToken', 'register'],
    [`${account}/password/email/requestToken`, 'password'],
    [`${account}/3pid/email/requestToken`, 'add'],
  ]
  for (const [path, purpose] of paths)
    app.post(
      path,
      { config: { access: 'public', limit: 'mails-address' }, schema: { body: TokenBody } },
      async ({ body }) => {
        if (body.id_server !== undefined) throw refuse('identity.identity_server_refused')
        const sid = await identity.requestEmailValidation({
          purpose,
          clientSecret: body.client_secret,
          email: body.email,
          sendAttempt: body.send_attempt,
          nextLink: body.next_link,
        })
        return { sid }
      },
    )
}

/** Where the link in a mail leads. A button must be pressed: programs that look into mail open links, too. */
function linkRoutes(app: App, identity: IdentityService): void {
  const route = {
    config: { access: 'public', limit: 'names-address' },
    schema: { querystring: LinkQuery },
  } as const
  app.register(async (scope) => {
    const pages: App = scope
    acceptForms(pages)
    pages.get(validate, route, async (_request, reply) =>
      reply.headers(pageHeaders).send(confirmPage('Is this e-mail address yours?', 'Yes, confirm')),
    )
    pages.post(validate, route, async ({ query }, reply) => {
      const { nextLink } = await identity.validateEmail({ sessionId: query.sid, token: query.token })
      if (nextLink !== undefined) return reply.redirect(nextLink, 303)
      return reply.headers(pageHeaders).send(textPage('Thank you. You can go back to your app now.'))
    })
  })
}
