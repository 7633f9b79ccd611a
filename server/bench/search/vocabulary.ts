import type { Random } from '../../src/platform/random.ts'

export const languages = ['English', 'Korean', 'Indonesian', 'Vietnamese'] as const
export type Language = (typeof languages)[number]

/** Words of a language, the most frequent first, and how often each has been said. */
export type Vocabulary = { words: string[]; counts: number[] }

const wordsMost = 20_000
const messageWordsMost = 16

/** What a word is made of: one part of each list in turn, as often as there are syllables in it. */
const parts: Record<Language, { first: string[]; middle: string[]; last: string[]; syllables: number }> = {
  English: {
    first: split('b br c ch d f fl g gr h j k l m n p pl qu r s sh st t th tr v w y'),
    middle: split('a e i o u ea ou ai ee'),
    last: [...split('n r s t l ck m d ng st'), ''],
    syllables: 3,
  },
  Korean: {
    first: split(
      '가 고 구 기 나 노 다 도 라 마 모 무 미 바 보 부 사 소 수 시 아 안 어 오 우 이 자 저 정 주 지 차 하 한 학 해',
    ),
    middle: split(
      '교 강 국 금 날 내 님 대 동 람 레 루 리 면 문 물 방 분 산 생 서 선 성 식 심 실 야 연 원 인 일 장 전 점 중 통 화 회',
    ),
    last: ['', '', '에', '는', '가', '를', '에서', '하고', '에게', '입니다'],
    syllables: 1,
  },
  Indonesian: {
    first: split('b c d g h j k l m n p r s t me di ber ke pe w y'),
    middle: split('a i u e o a'),
    last: [...split('n ng r s t k'), '', '', ''],
    syllables: 3,
  },
  Vietnamese: {
    first: split('b c ch d đ g gi h kh l m n ng nh ph qu r s t th tr v x'),
    middle: split('a à á ả ã ạ ă ắ ầ ấ ậ e é ẹ ê ế ề ệ i í ị o ó ò ọ ô ố ồ ộ ơ ớ ờ ợ u ú ụ ư ứ ừ ự ươ iê uô'),
    last: ['', '', 'n', 'ng', 'm', 't', 'c', 'nh', 'i'],
    syllables: 1,
  },
}

export function createVocabulary(language: Language, random: Random): Vocabulary {
  const { first, middle, last, syllables } = parts[language]
  const pick = (list: readonly string[]) => list[random.below(list.length)] ?? ''
  const words = new Set<string>()
  // A language of short words has no more of them than its syllables allow.
  for (let tries = 0; words.size < wordsMost && tries < 4 * wordsMost; tries++) {
    let word = ''
    for (let n = random.below(syllables); n >= 0; n--) word += pick(first) + pick(middle) + pick(last)
    words.add(word)
  }
  return { words: [...words], counts: new Array(words.size).fill(0) }
}

/** A message as people write them: short ones are more frequent than long ones, and few words make up most of what is said. */
export function sentence({ words, counts }: Vocabulary, random: Random): string {
  const said: string[] = []
  for (
    let length = 1 + Math.min(random.below(messageWordsMost), random.below(messageWordsMost));
    length >= 0;
    length--
  ) {
    // The n-th most frequent word is said n times less often than the first.
    const rank = Math.floor(words.length ** (random.below(1_000_000) / 1_000_000)) - 1
    counts[rank] = (counts[rank] ?? 0) + 1
    said.push(words[rank] ?? '')
  }
  return said.join(' ')
}

/** Words that have been said about so many times. */
export function wordsSaid({ words, counts }: Vocabulary, times: number, howMany: number): string[] {
  return words
    .map((word, rank) => ({ word, distance: Math.abs((counts[rank] ?? 0) - times) }))
    .toSorted((one, other) => one.distance - other.distance)
    .slice(0, howMany)
    .map(({ word }) => word)
}

function split(text: string): string[] {
  return text.split(' ')
}
