import { list, type Setting, type Values } from '../config/settings.ts'
import { addressRules } from './addresses.ts'

export const outgoingSettings = {
  privateNetworks: networkList(
    'Private networks in which this server may call push gateways, application services, webhooks and the like for others, such as 10.1.0.0/16. In these, plain HTTP will do where HTTPS is asked for otherwise.',
  ),
  nameServers: list(
    'Addresses of the DNS servers to ask about outgoing URLs, with a port or without. Unset: those of the system.',
    [],
  ),
}

export type OutgoingSettings = Values<typeof outgoingSettings>

function networkList(doc: string): Setting<readonly string[]> {
  const plain = list(doc, [])
  return {
    ...plain,
    read(raw) {
      const networks = plain.read(raw)
      addressRules(networks)
      return networks
    },
  }
}
