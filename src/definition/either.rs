//! Keys that take a word or a table; serde's own `untagged` would lose what is wrong with the table.

use std::fmt;
use std::marker::PhantomData;

use serde::Deserializer;
use serde::de::value::{MapAccessDeserializer, StrDeserializer};
use serde::de::{DeserializeOwned, Error, IntoDeserializer, MapAccess, Visitor};

struct Either<W, T, F, G> {
    expecting: &'static str,
    word: Option<F>,
    yes: Option<F>,
    table: G,
    types: PhantomData<(W, T)>,
}

/// Reads a word by `word` or a table by `table`.
pub(super) fn text_or_table<'de, D, W, T, R>(
    deserializer: D,
    expecting: &'static str,
    word: impl FnOnce(W) -> R,
    table: impl FnOnce(T) -> R,
) -> Result<R, D::Error>
where
    D: Deserializer<'de>,
    W: DeserializeOwned,
    T: DeserializeOwned,
{
    deserializer.deserialize_any(Either { expecting, word: Some(word), yes: None, table, types: PhantomData::<(W, T)> })
}

/// Reads `true` or `false` by `yes` or a table by `table`.
pub(super) fn bool_or_table<'de, D, T, R>(
    deserializer: D,
    expecting: &'static str,
    yes: impl FnOnce(bool) -> R,
    table: impl FnOnce(T) -> R,
) -> Result<R, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned,
{
    deserializer.deserialize_any(Either {
        expecting,
        word: None,
        yes: Some(yes),
        table,
        types: PhantomData::<(bool, T)>,
    })
}

impl<'de, W, T, R, F, G> Visitor<'de> for Either<W, T, F, G>
where
    W: DeserializeOwned,
    T: DeserializeOwned,
    F: FnOnce(W) -> R,
    G: FnOnce(T) -> R,
{
    type Value = R;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.expecting)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<R, E> {
        let Some(word) = self.word else {
            return Err(E::invalid_type(serde::de::Unexpected::Str(text), &self.expecting));
        };
        let from: StrDeserializer<'_, E> = text.into_deserializer();
        W::deserialize(from).map(word)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<R, E> {
        let Some(yes) = self.yes else {
            return Err(E::invalid_type(serde::de::Unexpected::Bool(value), &self.expecting));
        };
        let from: serde::de::value::BoolDeserializer<E> = value.into_deserializer();
        W::deserialize(from).map(yes)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<R, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map)).map(self.table)
    }
}
