//! SHA-256 (FIPS 180-4). Written out, so that an app and its build script compile no crates for it; dbkit-build and dbkit-runtime have the same
//! file each, and a test compares them.
//!
//! Plain loops: cargo compiles build scripts without optimisation, where each call of a small function counts and this is over twice as
//! fast as sha2. Optimised both take as long, where the processor has no instructions for it.
#![expect(clippy::manual_rotate, reason = "`rotate_right` is a call, where nothing is optimised")]

static K: [u32; 64] = [
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
];

/// The hash of some bytes.
pub(crate) fn digest(bytes: &[u8]) -> [u8; 32] {
    let mut state = [
        0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab,
        0x5be0cd19,
    ];
    let whole = bytes.len() - bytes.len() % 64;
    let mut at = 0;
    while at < whole {
        compress(&mut state, bytes, at);
        at += 64;
    }
    let rest = bytes.len() - whole;
    let mut tail = [0_u8; 128];
    tail[..rest].copy_from_slice(&bytes[whole..]);
    tail[rest] = 0x80;
    let end = if rest < 56 { 64 } else { 128 };
    tail[end - 8..end].copy_from_slice(&(bytes.len() as u64).wrapping_mul(8).to_be_bytes());
    compress(&mut state, &tail, 0);
    if end == 128 {
        compress(&mut state, &tail, 64);
    }
    let mut digest = [0; 32];
    for (bytes, word) in digest.chunks_exact_mut(4).zip(state) {
        bytes.copy_from_slice(&word.to_be_bytes());
    }
    digest
}

macro_rules! rotated {
    ($word:expr, $by:literal) => {
        ($word >> $by | $word << (32 - $by))
    };
}

/// Takes in the 64 bytes from `at` on.
fn compress(state: &mut [u32; 8], bytes: &[u8], at: usize) {
    let mut w = [0_u32; 64];
    let mut t = 0;
    while t < 16 {
        let from = at + 4 * t;
        w[t] = (bytes[from] as u32) << 24
            | (bytes[from + 1] as u32) << 16
            | (bytes[from + 2] as u32) << 8
            | bytes[from + 3] as u32;
        t += 1;
    }
    while t < 64 {
        let (x, y) = (w[t - 15], w[t - 2]);
        let s0 = rotated!(x, 7) ^ rotated!(x, 18) ^ (x >> 3);
        let s1 = rotated!(y, 17) ^ rotated!(y, 19) ^ (y >> 10);
        w[t] = w[t - 16].wrapping_add(s0).wrapping_add(w[t - 7]).wrapping_add(s1);
        t += 1;
    }
    let [mut a, mut b, mut c, mut d, mut e, mut f, mut g, mut h] = *state;
    t = 0;
    while t < 64 {
        let s1 = rotated!(e, 6) ^ rotated!(e, 11) ^ rotated!(e, 25);
        let choice = g ^ (e & (f ^ g));
        let t1 = h.wrapping_add(s1).wrapping_add(choice).wrapping_add(K[t]).wrapping_add(w[t]);
        let s0 = rotated!(a, 2) ^ rotated!(a, 13) ^ rotated!(a, 22);
        let majority = (a & b) | (c & (a | b));
        h = g;
        g = f;
        f = e;
        e = d.wrapping_add(t1);
        d = c;
        c = b;
        b = a;
        a = t1.wrapping_add(s0).wrapping_add(majority);
        t += 1;
    }
    for (word, new) in state.iter_mut().zip([a, b, c, d, e, f, g, h]) {
        *word = word.wrapping_add(new);
    }
}

#[cfg(test)]
mod tests {
    use super::digest;

    fn hex(text: &str) -> String {
        digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
    }

    #[test]
    fn the_examples_of_the_standard_hold() {
        for (text, hash) in [
            ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
            ),
        ] {
            assert_eq!(hex(text), hash);
        }
        assert_eq!(
            hex(&"a".repeat(1_000_000)),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
        );
    }

    /// Around the ends of blocks: sha256 of as many zeros, as coreutils has it.
    #[test]
    fn lengths_around_the_end_of_a_block_hold() {
        for (length, hash) in [
            (55, "02779466cdec163811d078815c633f21901413081449002f24aa3e80f0b88ef7"),
            (56, "d4817aa5497628e7c77e6b606107042bbba3130888c5f47a375e6179be789fbb"),
            (63, "c7723fa1e0127975e49e62e753db53924c1bd84b8ac1ac08df78d09270f3d971"),
            (64, "f5a5fd42d16a20302798ef6ed309979b43003d2320d9f0e8ea9831a92759fb4b"),
            (65, "98ce42deef51d40269d542f5314bef2c7468d401ad5d85168bfab4c0108f75f7"),
            (119, "f616b0d54e78571a9611f343c9f8e022e859e920381ab0e4d3da01e193a7bd7e"),
            (120, "6edd9f6f9cc92cded36e6c4a580933f9c9f1b90562b46903b806f21902a1a54f"),
        ] {
            assert_eq!(hex(&"\0".repeat(length)), hash, "{length} zeros");
        }
    }
}
