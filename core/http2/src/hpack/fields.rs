//! The fields of a header block, in one piece of memory.

/// One field.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Field<'a> {
    /// The name.
    pub name: &'a [u8],
    /// The value.
    pub value: &'a [u8],
    /// Whether no one on the way may put it into a table.
    pub is_sensitive: bool,
}

#[derive(Clone, Copy, Debug)]
struct Place {
    name_end: u32,
    value_end: u32,
    is_sensitive: bool,
}

/// Fields in their order. Each name and each value is followed by a line feed, so that the
/// whole can be handed on as one text.
#[derive(Clone, Default, Debug)]
pub struct Fields {
    text: Vec<u8>,
    places: Vec<Place>,
    /// Bytes as SETTINGS_MAX_HEADER_LIST_SIZE counts them.
    pub list_size: usize,
}

impl Fields {
    /// Adds a field at the end.
    pub fn push(&mut self, name: &[u8], value: &[u8], is_sensitive: bool) {
        self.list_size += name.len() + value.len() + 32;
        self.text.extend_from_slice(name);
        let name_end = self.text.len() as u32;
        self.text.push(b'\n');
        self.text.extend_from_slice(value);
        let value_end = self.text.len() as u32;
        self.text.push(b'\n');
        self.places.push(Place { name_end, value_end, is_sensitive });
    }

    /// Fields from a text of names and values, each followed by a line feed.
    #[must_use]
    pub fn of_text(text: &[u8], mut is_sensitive: impl FnMut(&[u8]) -> bool) -> Self {
        let mut fields = Self::default();
        let mut parts = text.split(|byte| *byte == b'\n');
        while let (Some(name), Some(value)) = (parts.next(), parts.next()) {
            fields.push(name, value, is_sensitive(name));
        }
        fields
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// They in turn.
    pub fn iter(&self) -> impl Iterator<Item = Field<'_>> {
        let mut start = 0;
        self.places.iter().map(move |place| {
            let name = &self.text[start..place.name_end as usize];
            let value = &self.text[place.name_end as usize + 1..place.value_end as usize];
            start = place.value_end as usize + 1;
            Field { name, value, is_sensitive: place.is_sensitive }
        })
    }

    /// All of them as one text.
    #[must_use]
    pub fn into_text(self) -> Vec<u8> {
        self.text
    }
}
