/** A sites.yaml of three sites, as an operator would write it. */
export const exampleSites = `
cluster: dure
serverName: chat.example.org
planned: { sendsPerSecond: 2000, peopleOnline: 100000 }
sites:
  - name: busan
    host: 198.51.100.7
    address: 10.88.1.1
    publicUrl: https://busan.example.org
    labels: { building: bs-1, power: substation-bs-4, network: carrier-a, provider: one }
    capacity: { cpus: 8, memoryGiB: 32, diskGiB: 500 }
  - name: daejeon
    host: 203.0.113.20
    address: 10.88.2.1
    publicUrl: https://daejeon.example.org
    labels: { building: dj-7, power: substation-dj-2, network: carrier-b, provider: two }
    capacity: { cpus: 8, memoryGiB: 32, diskGiB: 500 }
  - name: chuncheon
    host: 192.0.2.99
    address: 10.88.3.1
    publicUrl: https://chuncheon.example.org
    labels: { building: cc-2, power: substation-cc-1, network: carrier-c, provider: three }
    capacity: { cpus: 8, memoryGiB: 32, diskGiB: 500 }
`
