//! A value of any type, stored inline when it is small, as it travels through a ring.
//!
//! Rings between shards carry the messages of many actors, so the element type is one for all.
//! A parcel remembers its value's type and gives it back only as that type; a value over
//! [`PARCEL_WORDS`] words, or aligned wider than a word, is boxed.
//!
//! Invariant: `words` holds a valid `T` (or `Box<T>`) exactly while `content` is `T`'s, and
//! `content` is replaced by `taken` when the value leaves.

#![allow(unsafe_code)]

use std::{
    any::TypeId,
    fmt,
    mem::{ManuallyDrop, MaybeUninit, align_of, size_of},
};

/// Machine words stored without a heap cell: with the two words of addressing a shard adds and
/// the pointer to the type, a ring slot is one cache line of 64 bytes.
pub const PARCEL_WORDS: usize = 5;

type Words = [MaybeUninit<u64>; PARCEL_WORDS];

/// What a parcel knows of its content.
struct Content {
    type_id: fn() -> TypeId,
    type_name: fn() -> &'static str,
    drop: unsafe fn(*mut Words),
}

/// A value of some type, to be taken out as that type.
pub struct Parcel {
    content: &'static Content,
    words: Words,
}

// SAFETY: `Parcel::new` takes only `Send` values, and the rest is a reference to a constant.
unsafe impl Send for Parcel {}

/// Whether `T` is stored in the words themselves.
const fn is_inline<T>() -> bool {
    size_of::<T>() <= size_of::<Words>() && align_of::<T>() <= align_of::<Words>()
}

struct Of<T>(T);

impl<T: Send + 'static> Of<T> {
    const CONTENT: Content = Content {
        type_id: TypeId::of::<T>,
        type_name: std::any::type_name::<T>,
        drop: drop_in_place::<T>,
    };
}

/// # Safety
/// `words` holds the value of a parcel made from a `T`, which is not used again.
unsafe fn drop_in_place<T>(words: *mut Words) {
    if is_inline::<T>() {
        // SAFETY: an inline `T` was written here and is valid.
        unsafe { words.cast::<T>().drop_in_place() };
    } else {
        // SAFETY: a `Box<T>` was written here and is valid.
        unsafe { words.cast::<Box<T>>().drop_in_place() };
    }
}

impl Parcel {
    /// Packs a value.
    #[inline]
    pub fn new<T: Send + 'static>(value: T) -> Self {
        let mut words: Words = [MaybeUninit::uninit(); PARCEL_WORDS];
        let place = words.as_mut_ptr();
        if is_inline::<T>() {
            // SAFETY: `is_inline` says that size and alignment of `T` fit the words.
            unsafe { place.cast::<T>().write(value) };
        } else {
            // SAFETY: a box is one word.
            unsafe { place.cast::<Box<T>>().write(Box::new(value)) };
        }
        Self { content: &Of::<T>::CONTENT, words }
    }

    /// Whether the value is a `T`.
    #[inline]
    #[must_use]
    pub fn is<T: 'static>(&self) -> bool {
        (self.content.type_id)() == TypeId::of::<T>()
    }

    /// Takes the value out.
    ///
    /// # Errors
    /// The parcel, when its value is not a `T`.
    #[inline]
    pub fn take<T: Send + 'static>(self) -> Result<T, Self> {
        if !self.is::<T>() {
            return Err(self);
        }
        let this = ManuallyDrop::new(self);
        let place = this.words.as_ptr();
        if is_inline::<T>() {
            // SAFETY: the type is the one packed, and `this` is not dropped: taken once.
            Ok(unsafe { place.cast::<T>().read() })
        } else {
            // SAFETY: as above, of the box.
            Ok(*unsafe { place.cast::<Box<T>>().read() })
        }
    }
}

impl Drop for Parcel {
    fn drop(&mut self) {
        // SAFETY: `content` is that of the value in the words, which is not used after this.
        unsafe { (self.content.drop)(&raw mut self.words) };
    }
}

impl fmt::Debug for Parcel {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Parcel({})", (self.content.type_name)())
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use std::sync::Arc;

    #[test]
    fn small_and_large_values_come_back_as_what_they_were() {
        assert_eq!(size_of::<Parcel>(), 48);
        assert_eq!(Parcel::new([1_u64; 5]).take::<[u64; 5]>().unwrap(), [1; 5]);
        assert_eq!(Parcel::new([2_u64; 50]).take::<[u64; 50]>().unwrap(), [2; 50]);
        assert_eq!(Parcel::new(u128::MAX).take::<u128>().unwrap(), u128::MAX);
        Parcel::new(()).take::<()>().unwrap();
        assert_eq!(Parcel::new(String::from("text")).take::<String>().unwrap(), "text");
    }

    #[test]
    fn the_wrong_type_gives_the_parcel_back() {
        let parcel = Parcel::new(7_u32).take::<i32>().unwrap_err();
        assert!(parcel.is::<u32>());
        assert_eq!(format!("{parcel:?}"), "Parcel(u32)");
        assert_eq!(parcel.take::<u32>().unwrap(), 7);
    }

    #[test]
    fn values_are_dropped_once() {
        let witness = Arc::new(());
        drop(Parcel::new(Arc::clone(&witness)));
        drop(Parcel::new([(); 9].map(|()| Arc::clone(&witness))));
        assert_eq!(Arc::strong_count(&witness), 1);
        let taken = Parcel::new(Arc::clone(&witness)).take::<Arc<()>>().unwrap();
        assert_eq!(Arc::strong_count(&taken), 2);
        let large = Parcel::new([(); 9].map(|()| Arc::clone(&witness)));
        drop(large.take::<[Arc<()>; 9]>().unwrap());
        assert_eq!(Arc::strong_count(&witness), 2);
    }
}
