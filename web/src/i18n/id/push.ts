export const push = {
  'push.message': 'Pesan baru',
  'push.invitation': 'Anda diundang ke obrolan',
  'push.closed': 'Saat Dure ditutup',
  'push.closedText': 'Notifikasi masuk ke perangkat ini. Isi terenkripsi tidak ditampilkan.',
  'push.denied': 'Browser Anda tidak mengizinkan. Ubah di pengaturannya.',
  'push.failed': 'Browser tidak dapat menghubungi layanan push. Coba lagi nanti.',
}
