//! What one side allows the other.

/// Settings as RFC 9113, section 6.5.2 has them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Settings {
    /// Bytes of the other side's compression table.
    pub header_table_size: u32,
    /// Whether responses nobody asked for may be pushed.
    pub enable_push: bool,
    /// Streams the other side may have open.
    pub max_concurrent_streams: u32,
    /// Bytes a stream may bring before it is allowed more.
    pub initial_window_size: u32,
    /// Bytes of a frame's payload.
    pub max_frame_size: u32,
    /// Bytes of a list of fields.
    pub max_header_list_size: u32,
    /// Whether CONNECT may name a protocol (RFC 8441).
    pub enable_connect_protocol: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            header_table_size: 4096,
            enable_push: true,
            max_concurrent_streams: u32::MAX,
            initial_window_size: 65_535,
            max_frame_size: 16_384,
            max_header_list_size: 65_535,
            enable_connect_protocol: false,
        }
    }
}

impl Settings {
    /// Takes one parameter; the error code where its value is not allowed. Unknown ones are
    /// nobody's business here.
    pub(crate) fn take(&mut self, number: u16, value: u32) -> Result<(), u32> {
        use crate::frame::code::{FLOW_CONTROL_ERROR, PROTOCOL_ERROR};
        match number {
            1 => self.header_table_size = value,
            2 if value > 1 => return Err(PROTOCOL_ERROR),
            2 => self.enable_push = value == 1,
            3 => self.max_concurrent_streams = value,
            4 if value > 0x7fff_ffff => return Err(FLOW_CONTROL_ERROR),
            4 => self.initial_window_size = value,
            5 if !(16_384..=16_777_215).contains(&value) => return Err(PROTOCOL_ERROR),
            5 => self.max_frame_size = value,
            6 => self.max_header_list_size = value,
            8 if value > 1 || (value == 0 && self.enable_connect_protocol) => {
                return Err(PROTOCOL_ERROR);
            }
            8 => self.enable_connect_protocol = value == 1,
            _ => {}
        }
        Ok(())
    }

    /// Parameters of a frame's payload.
    pub(crate) fn parameters(payload: &[u8]) -> impl Iterator<Item = (u16, u32)> {
        payload.chunks_exact(6).map(|six| {
            let value = u32::from_be_bytes([six[2], six[3], six[4], six[5]]);
            (u16::from_be_bytes([six[0], six[1]]), value)
        })
    }
}
