//! The hash by which a page's Content-Security-Policy lets its own script run, and no other.

/// SHA-256 (FIPS 180-4) of some bytes in Base64 (RFC 4648), as a Content-Security-Policy names a script.
pub(super) fn sha256_base64(bytes: &[u8]) -> String {
    base64(&sha256(bytes))
}

/// The first `count` primes, of whose roots the constants are the fractions' first 32 bits.
fn primes(count: usize) -> Vec<u64> {
    (2u64..).filter(|n| (2..*n).take_while(|d| d * d <= *n).all(|d| n % d != 0)).take(count).collect()
}

/// The first 32 bits of the fraction of the root of `n`: the greatest `r` of which `r^power ≤ n · 2^(32 · power)`.
fn root(n: u64, power: u32) -> u32 {
    let (mut low, mut high) = (0u128, 1u128 << 38);
    while high - low > 1 {
        let middle = u128::midpoint(low, high);
        // A cube of 38 bits has 114, and 311 · 2^96 fits as well.
        if middle.pow(power) <= u128::from(n) << (32 * power) { low = middle } else { high = middle }
    }
    low as u32
}

fn sha256(bytes: &[u8]) -> [u8; 32] {
    let primes = primes(64);
    let mut state: Vec<u32> = primes.iter().take(8).map(|n| root(*n, 2)).collect();
    let constants: Vec<u32> = primes.iter().map(|n| root(*n, 3)).collect();
    let mut message = bytes.to_vec();
    message.push(0x80);
    message.resize((message.len() + 8).next_multiple_of(64) - 8, 0);
    message.extend((bytes.len() as u64 * 8).to_be_bytes());
    for block in message.chunks_exact(64) {
        let mut words: Vec<u32> =
            block.chunks_exact(4).map(|w| w.iter().fold(0, |word, byte| word << 8 | u32::from(*byte))).collect();
        for i in 16..64 {
            let (a, b) = (words[i - 15], words[i - 2]);
            let near = a.rotate_right(7) ^ a.rotate_right(18) ^ (a >> 3);
            let far = b.rotate_right(17) ^ b.rotate_right(19) ^ (b >> 10);
            words.push(words[i - 16].wrapping_add(near).wrapping_add(words[i - 7]).wrapping_add(far));
        }
        mix(&mut state, &words, &constants);
    }
    let mut hash = [0; 32];
    hash.chunks_exact_mut(4).zip(state).for_each(|(four, word)| four.copy_from_slice(&word.to_be_bytes()));
    hash
}

fn mix(state: &mut [u32], words: &[u32], constants: &[u32]) {
    let mut now = state.to_vec();
    for (word, constant) in words.iter().zip(constants) {
        let (a, e) = (now[0], now[4]);
        let choice = (e & now[5]) ^ (!e & now[6]);
        let turned = e.rotate_right(6) ^ e.rotate_right(11) ^ e.rotate_right(25);
        let first = now[7].wrapping_add(turned).wrapping_add(choice).wrapping_add(*constant).wrapping_add(*word);
        let majority = (a & now[1]) ^ (a & now[2]) ^ (now[1] & now[2]);
        let second = (a.rotate_right(2) ^ a.rotate_right(13) ^ a.rotate_right(22)).wrapping_add(majority);
        now.rotate_right(1);
        now[4] = now[4].wrapping_add(first);
        now[0] = first.wrapping_add(second);
    }
    state.iter_mut().zip(now).for_each(|(sum, word)| *sum = sum.wrapping_add(word));
}

fn base64(bytes: &[u8]) -> String {
    const SIGNS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for three in bytes.chunks(3) {
        let bits = (0..3).fold(0u32, |bits, i| bits << 8 | u32::from(three.get(i).copied().unwrap_or(0)));
        for i in 0..4 {
            let sign = SIGNS[(bits >> (18 - 6 * i) & 63) as usize];
            text.push(if i > three.len() { '=' } else { char::from(sign) });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    /// FIPS 180-4's own examples, and lengths about the end of a block.
    #[test]
    fn hashes_are_those_of_the_standard() {
        let hex = |text: &[u8]| sha256(text).iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        assert_eq!(hex(b"abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_eq!(hex(b""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        let two_blocks = b"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
        assert_eq!(hex(two_blocks), "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
        assert_eq!(hex(&[b'a'; 1_000_000]), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
        assert_eq!(sha256_base64(b""), "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
        assert_eq!([base64(b"f"), base64(b"fo"), base64(b"foo")], ["Zg==", "Zm8=", "Zm9v"]);
    }
}
