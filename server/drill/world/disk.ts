import { execFile, execFileSync, spawnSync } from 'node:child_process'
import { closeSync, mkdirSync, openSync, rmSync, statfsSync, truncateSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'

/** A small disk of one site: a file system of its own in a file, so that it alone can stall or be full. */
export type Disk = {
  folder: string
  /** Every write waits for so long, in the kernel, as with a disk that hangs. */
  stall(durationMs: number): Promise<void>
  fill(): void
  /** Takes away what `fill` wrote. */
  empty(): void
}

const run = promisify(execFile)
const sizeBytes = 4 * 1024 ** 3
const ballast = 'ballast'

/** Makes and mounts the disk. It is unmounted with the mount namespace that this process stands in. */
export function createDisk(folder: string): Disk {
  const image = `${folder}.img`
  mkdirSync(folder, { recursive: true })
  closeSync(openSync(image, 'w'))
  truncateSync(image, sizeBytes)
  execFileSync('mkfs.ext4', ['-q', '-F', '-m', '0', image])
  execFileSync('mount', ['-o', 'loop', image, folder])
  return {
    folder,
    async stall(durationMs) {
      await run('fsfreeze', ['--freeze', folder])
      try {
        await sleep(durationMs)
      } finally {
        await run('fsfreeze', ['--unfreeze', folder])
      }
    },
    fill() {
      const { bavail, bsize } = statfsSync(folder)
      const path = join(folder, ballast)
      // Reserved at once as far as it goes, then written until nothing fits any more.
      execFileSync('fallocate', ['--length', `${Math.max(1, bavail - 1024) * bsize}`, path])
      const file = openSync(path, 'a')
      try {
        for (;;) writeSync(file, Buffer.alloc(4096))
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
      } finally {
        closeSync(file)
      }
    },
    empty() {
      rmSync(join(folder, ballast), { force: true })
    },
  }
}

/** Takes the file system away, whoever still uses it, so that its folder can be removed. */
export function releaseDisk(folder: string): void {
  spawnSync('umount', ['--lazy', folder])
}

/** A folder like any other: nothing can be done to it. */
export function plainDisk(folder: string): Disk {
  mkdirSync(folder, { recursive: true })
  const refuse = () => {
    throw new Error('only root can have disks that stall or are full')
  }
  return { folder, stall: async () => refuse(), fill: refuse, empty: refuse }
}
