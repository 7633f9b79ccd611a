/** What the page says, in the languages that Dure speaks. */
export type Texts = {
  pay: string
  /** For money that the shop takes later. */
  reserve: string
  reserveExplained: string
  test: string
  signIn: string
  signInExplained: string
  user: string
  password: string
  signedInAs: string
  signOut: string
  back: string
  done: string
  doneReserved: string
  busy: string
  over: string
  changed: string
  wrongPassword: string
  locked: string
  tooMany: string
  unknown: string
  away: string
  declined: string
  insufficient: string
  receipt: string
  refunded: string
  paidOn: string
}

const en: Texts = {
  pay: 'Pay',
  reserve: 'Set aside',
  reserveExplained: 'The shop takes the money later; what it does not take comes back to you.',
  test: 'Test: no real money is paid.',
  signIn: 'Sign in',
  signInExplained: 'Sign in with your Dure account to pay from your wallet.',
  user: 'Username',
  password: 'Password',
  signedInAs: 'Signed in as',
  signOut: 'Not you? Sign out',
  back: 'Back to the shop',
  done: 'Paid. Thank you!',
  doneReserved: 'The money is set aside. Thank you!',
  busy: 'Your payment is being carried out. This page looks again by itself.',
  over: 'This payment can no longer be made.',
  changed: 'The shop has changed what is to be paid. Please look again.',
  wrongPassword: 'Username or password are wrong.',
  locked: 'This account is locked.',
  tooMany: 'Too many attempts. Please wait a minute.',
  unknown: 'There is no such payment.',
  away: 'We are moving to another site. Please try again in a moment; nothing is paid twice.',
  declined: 'The payment was declined.',
  insufficient: 'There is too little money in your wallet.',
  receipt: 'Receipt',
  refunded: 'Refunded',
  paidOn: 'Paid on',
}

const ko: Texts = {
  pay: '결제하기',
  reserve: '결제 승인',
  reserveExplained: '금액은 나중에 가게가 받아 가며, 받지 않은 금액은 돌려드립니다.',
  test: '테스트: 실제 돈은 결제되지 않습니다.',
  signIn: '로그인',
  signInExplained: 'Dure 계정으로 로그인하면 지갑에서 결제할 수 있습니다.',
  user: '사용자 이름',
  password: '비밀번호',
  signedInAs: '로그인:',
  signOut: '본인이 아닌가요? 로그아웃',
  back: '가게로 돌아가기',
  done: '결제되었습니다. 감사합니다!',
  doneReserved: '결제가 승인되었습니다. 감사합니다!',
  busy: '결제를 처리하고 있습니다. 이 화면은 자동으로 다시 확인합니다.',
  over: '더 이상 결제할 수 없습니다.',
  changed: '가게가 결제 금액을 바꾸었습니다. 다시 확인해 주세요.',
  wrongPassword: '사용자 이름 또는 비밀번호가 올바르지 않습니다.',
  locked: '잠긴 계정입니다.',
  tooMany: '시도가 너무 많습니다. 잠시 후 다시 시도해 주세요.',
  unknown: '그런 결제가 없습니다.',
  away: '다른 사이트로 옮기는 중입니다. 잠시 후 다시 시도해 주세요. 두 번 결제되지 않습니다.',
  declined: '결제가 거절되었습니다.',
  insufficient: '지갑에 잔액이 부족합니다.',
  receipt: '영수증',
  refunded: '환불',
  paidOn: '결제일',
}

const id: Texts = {
  pay: 'Bayar',
  reserve: 'Sisihkan',
  reserveExplained: 'Toko mengambil uangnya nanti; yang tidak diambil kembali kepada Anda.',
  test: 'Uji coba: tidak ada uang sungguhan yang dibayar.',
  signIn: 'Masuk',
  signInExplained: 'Masuk dengan akun Dure untuk membayar dari dompet Anda.',
  user: 'Nama pengguna',
  password: 'Kata sandi',
  signedInAs: 'Masuk sebagai',
  signOut: 'Bukan Anda? Keluar',
  back: 'Kembali ke toko',
  done: 'Sudah dibayar. Terima kasih!',
  doneReserved: 'Uang sudah disisihkan. Terima kasih!',
  busy: 'Pembayaran sedang diproses. Halaman ini memeriksa lagi sendiri.',
  over: 'Pembayaran ini tidak dapat dilakukan lagi.',
  changed: 'Toko mengubah jumlah yang harus dibayar. Silakan periksa lagi.',
  wrongPassword: 'Nama pengguna atau kata sandi salah.',
  locked: 'Akun ini dikunci.',
  tooMany: 'Terlalu banyak percobaan. Mohon tunggu sebentar.',
  unknown: 'Pembayaran ini tidak ada.',
  away: 'Kami sedang pindah ke situs lain. Coba lagi sebentar; tidak ada yang dibayar dua kali.',
  declined: 'Pembayaran ditolak.',
  insufficient: 'Saldo dompet Anda tidak cukup.',
  receipt: 'Tanda terima',
  refunded: 'Dikembalikan',
  paidOn: 'Dibayar pada',
}

const vi: Texts = {
  pay: 'Thanh toán',
  reserve: 'Tạm giữ',
  reserveExplained: 'Cửa hàng sẽ nhận tiền sau; phần không nhận được trả lại cho bạn.',
  test: 'Thử nghiệm: không có tiền thật nào được trả.',
  signIn: 'Đăng nhập',
  signInExplained: 'Đăng nhập bằng tài khoản Dure để trả từ ví của bạn.',
  user: 'Tên người dùng',
  password: 'Mật khẩu',
  signedInAs: 'Đã đăng nhập:',
  signOut: 'Không phải bạn? Đăng xuất',
  back: 'Trở lại cửa hàng',
  done: 'Đã thanh toán. Cảm ơn bạn!',
  doneReserved: 'Tiền đã được tạm giữ. Cảm ơn bạn!',
  busy: 'Khoản thanh toán đang được xử lý. Trang này sẽ tự kiểm tra lại.',
  over: 'Không thể thực hiện khoản thanh toán này nữa.',
  changed: 'Cửa hàng đã thay đổi số tiền. Vui lòng xem lại.',
  wrongPassword: 'Tên người dùng hoặc mật khẩu không đúng.',
  locked: 'Tài khoản này đã bị khóa.',
  tooMany: 'Quá nhiều lần thử. Vui lòng đợi một lát.',
  unknown: 'Không có khoản thanh toán này.',
  away: 'Chúng tôi đang chuyển sang nơi khác. Vui lòng thử lại; không có gì bị trả hai lần.',
  declined: 'Khoản thanh toán bị từ chối.',
  insufficient: 'Ví của bạn không đủ tiền.',
  receipt: 'Biên lai',
  refunded: 'Đã hoàn',
  paidOn: 'Ngày thanh toán',
}

const languages = { en, ko, id, vi }
export type Language = keyof typeof languages

export function textsOf(language: Language): Texts {
  return languages[language]
}

/** The first language of an Accept-Language header that the page speaks. */
export function languageOf(accepted: string | undefined): Language {
  const wanted = (accepted ?? '')
    .split(',', 20)
    .map((part) => {
      const [tag = '', ...parameters] = part.trim().split(';')
      const quality = /^q=([01](?:\.\d{1,3})?)$/.exec(
        parameters.map((parameter) => parameter.trim()).join(';'),
      )
      return { language: tag.slice(0, 2).toLowerCase(), quality: Number(quality?.[1] ?? 1) }
    })
    .filter(({ language, quality }) => quality > 0 && Object.hasOwn(languages, language))
    .sort((a, b) => b.quality - a.quality)
  return (wanted[0]?.language as Language | undefined) ?? 'en'
}
