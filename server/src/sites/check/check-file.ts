import { isIP } from 'node:net'
import { type Site, type SitesFile, siteLabels } from '../../platform/site/sites-file.ts'
import { checkSizes } from './check-sizes.ts'
import { ok, type SiteFinding } from './finding.ts'

/** What can be said of the sites from their file alone. */
export function checkFile(file: SitesFile): SiteFinding[] {
  return [...checkCount(file), ...checkLabels(file), ...checkAddresses(file), ...checkSizes(file)]
}

function checkCount({ sites }: SitesFile): SiteFinding[] {
  if (sites.length === 3) return [ok('three sites')]
  return [
    {
      level: 'problem',
      what: `${sites.length} sites instead of three`,
      why:
        sites.length < 3
          ? 'With fewer than three, the loss of one leaves no majority that could go on.'
          : 'Quorum commit here waits for one other site; what that means for more than three has never been drilled.',
      advice: 'Describe exactly three sites.',
    },
  ]
}

function checkLabels({ sites }: SitesFile): SiteFinding[] {
  const missing = sites.flatMap((site) => {
    const names = siteLabels.filter((label) => site.labels[label] === undefined)
    return names.length === 0 ? [] : [`${site.name} (${names.join(', ')})`]
  })
  const shared = siteLabels.flatMap((label) => sharedBy(sites, label))
  const unknown: SiteFinding[] =
    missing.length === 0
      ? []
      : [
          {
            level: 'warning',
            what: `labels are missing: ${missing.join('; ')}`,
            why: 'What two sites share is what takes both of them down, and nobody can see it.',
            advice: 'Ask the providers, and fill them in.',
          },
        ]
  if (shared.length + unknown.length === 0)
    return [ok('no two sites share building, power, network or provider')]
  return [...unknown, ...shared]
}

const whyShared = {
  building: 'One fire takes both sites, and with them the majority.',
  power: 'One failure of power takes both sites, and with them the majority.',
  network: "One carrier's outage cuts off both sites, and with them the majority.",
  provider: "One provider's mistake, bill or lawsuit can take both sites.",
}

function sharedBy(sites: readonly Site[], label: (typeof siteLabels)[number]): SiteFinding[] {
  const groups = Map.groupBy(sites, (site) => site.labels[label]?.trim().toLowerCase())
  return [...groups].flatMap(([value, members]) =>
    value === undefined || members.length < 2
      ? []
      : [
          {
            level: label === 'provider' ? 'warning' : 'problem',
            what: `${members.map(({ name }) => name).join(' and ')} share the ${label} ${value}`,
            why: whyShared[label],
            advice: `Move one of them to another ${label}.`,
          } as const,
        ],
  )
}

function checkAddresses({ sites, mesh }: SitesFile): SiteFinding[] {
  const named = sites.filter(({ host }) => isIP(host) === 0)
  const plain = sites.filter(({ publicUrl }) => !publicUrl.startsWith('https:'))
  const findings: SiteFinding[] = []
  if (mesh === 'wireguard' && named.length > 0)
    findings.push({
      level: 'warning',
      what: `${named.map(({ name }) => name).join(', ')}: the host is a name`,
      why: 'The mesh looks names up when it starts: without DNS this site would stay alone after a power cut.',
      advice: 'Write the IP address, or put the name into /etc/hosts at every site.',
    })
  if (plain.length > 0)
    findings.push({
      level: 'warning',
      what: `${plain.map(({ name }) => name).join(', ')}: the publicUrl is not https`,
      why: 'Access tokens would travel in the open.',
      advice: 'Give it an https address: see "TLS for clients" in docs/guides/three-sites.md.',
    })
  if (mesh === 'none')
    findings.push({
      level: 'warning',
      what: 'mesh: none',
      why: 'etcd has no passwords, and what travels between the sites is not encrypted by us.',
      advice:
        'Only use it within a private network that is encrypted itself, and separate from other machines.',
    })
  return findings
}
