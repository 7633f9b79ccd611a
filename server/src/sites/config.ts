import { optionalText } from '../platform/config/settings.ts'

/** What operators' commands need besides sites.yaml. */
export const sitesSettings = {
  patroniPassword: optionalText(
    "Password of Patroni's REST interface, with which commands move the database.",
    {
      secret: true,
    },
  ),
}
