//! Values as bytes, little-endian, and back.

/// Bytes being written.
#[derive(Debug, Default)]
pub struct Bytes(pub Vec<u8>);

impl Bytes {
    /// Adds a byte.
    pub fn byte(&mut self, value: u8) {
        self.0.push(value);
    }

    /// Adds a number of 32 bits.
    pub fn u32(&mut self, value: u32) {
        self.0.extend(value.to_le_bytes());
    }

    /// Adds a number of 64 bits.
    pub fn u64(&mut self, value: u64) {
        self.0.extend(value.to_le_bytes());
    }

    /// Adds a number of 128 bits.
    pub fn u128(&mut self, value: u128) {
        self.0.extend(value.to_le_bytes());
    }

    /// Adds a text.
    pub fn text(&mut self, text: &str) {
        self.u32(text.len() as u32);
        self.0.extend(text.as_bytes());
    }

    /// Adds a list of texts.
    pub fn texts(&mut self, texts: &[String]) {
        self.u32(texts.len() as u32);
        texts.iter().for_each(|text| self.text(text));
    }
}

/// Bytes being read; every reader gives `None` past the end or where the bytes make no sense.
pub struct Reading<'b>(pub &'b [u8]);

impl<'b> Reading<'b> {
    fn take(&mut self, count: usize) -> Option<&'b [u8]> {
        let (head, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(head)
    }

    /// Takes a byte.
    pub fn byte(&mut self) -> Option<u8> {
        self.take(1).map(|bytes| bytes[0])
    }

    /// Takes a number of 32 bits.
    pub fn u32(&mut self) -> Option<u32> {
        self.take(4)?.try_into().ok().map(u32::from_le_bytes)
    }

    /// Takes a number of 64 bits.
    pub fn u64(&mut self) -> Option<u64> {
        self.take(8)?.try_into().ok().map(u64::from_le_bytes)
    }

    /// Takes a number of 128 bits.
    pub fn u128(&mut self) -> Option<u128> {
        self.take(16)?.try_into().ok().map(u128::from_le_bytes)
    }

    /// Takes a text.
    pub fn text(&mut self) -> Option<String> {
        let length = self.u32()? as usize;
        String::from_utf8(self.take(length)?.to_vec()).ok()
    }

    /// Takes a list of texts.
    pub fn texts(&mut self) -> Option<Vec<String>> {
        let count = self.u32()?;
        (0..count).map(|_| self.text()).collect()
    }
}
