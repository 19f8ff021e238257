//! A rule: which requests, what answers.

use super::Types;
use super::answer::{self, Answer};
use super::received::{Received, Seen};
use super::state::{Check, Given, Matcher, Rule, State};
use crate::model::Reflect;
use crate::operation::Operation;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

/// A rule of a [`Mock`](super::Mock), which its methods complete. Several answers make
/// a script: they are given one after the other, the last one again and again.
///
/// ```
/// # use pontoon_runtime::mock::{Answer, Expect};
/// # fn example(rule: Expect<i64>) {
/// // First a refusal, then the value.
/// rule.answer(Answer::status(429)).header("Retry-After", "0").respond(7);
/// # }
/// ```
pub struct Expect<O, B = (), I = ()> {
    state: Arc<State>,
    index: usize,
    operation: &'static Operation,
    types: Types<O, B, I>,
}

impl<O: Reflect, B: Reflect, I: Reflect> Expect<O, B, I> {
    pub(super) fn new(state: Arc<State>, operation: &'static Operation) -> Self {
        let check: Check = Box::new(|seen: &Seen| match seen.declared_body() {
            // Other media types have types of their own.
            Some(body)
                if seen
                    .operation
                    .body
                    .as_ref()
                    .is_some_and(|own| std::ptr::eq(own, body)) =>
            {
                match body.codec {
                    crate::operation::Codec::Multipart => Ok(()),
                    _ => seen.decode(B::blank().slot()),
                }
            }
            _ => Ok(()),
        });
        let index = state.add(Rule::new(operation, check));
        Self {
            state,
            index,
            operation,
            types: PhantomData,
        }
    }

    fn change(self, change: impl FnOnce(&mut Rule)) -> Self {
        self.state.change(self.index, change);
        self
    }

    fn matcher(self, words: String, test: Matcher) -> Self {
        self.change(|rule| rule.matchers.push((words, test)))
    }

    fn give(self, make: impl Fn(&Arc<Seen>) -> Answer + Send + Sync + 'static) -> Self {
        self.change(|rule| rule.answers.push(Given::new(Box::new(make))))
    }

    /// Only requests of which this is true.
    pub fn when(self, test: impl Fn(&Received<B>) -> bool + Send + Sync + 'static) -> Self {
        let test = move |seen: &Arc<Seen>| test(&Received::new(seen));
        self.matcher("a condition".to_owned(), Box::new(test))
    }

    /// Only requests with this parameter, its value as text; see [`Received::param`].
    pub fn with_param(self, name: impl Into<String>, value: impl Into<String>) -> Self {
        let (name, value) = (name.into(), value.into());
        let words = format!("the parameter `{name}` is {value:?}");
        let test = move |seen: &Arc<Seen>| Received::<B>::new(seen).param(&name) == Some(&value);
        self.matcher(words, Box::new(test))
    }

    /// Only requests with this header.
    pub fn with_header(self, name: impl Into<String>, value: impl Into<String>) -> Self {
        let (name, value) = (name.into(), value.into());
        let words = format!("the header `{name}` is {value:?}");
        let test = move |seen: &Arc<Seen>| Received::<B>::new(seen).header(&name) == Some(&value);
        self.matcher(words, Box::new(test))
    }

    /// Only requests with this body.
    pub fn with_body(self, body: B) -> Self
    where
        B: Send + Sync + 'static,
    {
        let test = move |seen: &Arc<Seen>| {
            let found = Received::<B>::new(seen).body();
            found.is_ok_and(|found| crate::model::equal(found.view(), body.view()))
        };
        self.matcher("the body is as given".to_owned(), Box::new(test))
    }

    /// The rule is used exactly so many times: further requests go to the rules after
    /// it, and fewer are a [problem](super::Mock::problems).
    pub fn times(self, count: usize) -> Self {
        self.change(|rule| rule.times = Some(count))
    }

    /// Answers with a success: the first declared one that takes the value.
    pub fn respond(self, value: O) -> Self {
        let answer = answer::success(self.operation, None, &value);
        self.give(move |_| answer.clone())
    }

    /// Answers with the declared success of this status.
    pub fn respond_as(self, status: u16, value: O) -> Self {
        let answer = answer::success(self.operation, Some(status), &value);
        self.give(move |_| answer.clone())
    }

    /// Answers with a stream of these items: events or JSON lines.
    pub fn respond_items(self, items: impl IntoIterator<Item = I>) -> Self {
        let items: Vec<I> = items.into_iter().collect();
        let answer = answer::items(self.operation, &items);
        self.give(move |_| answer.clone())
    }

    /// Answers with the declared error of this status; `&()` for one without a body.
    pub fn respond_error<E: Reflect>(self, status: u16, error: &E) -> Self {
        let answer = answer::error(self.operation, status, error);
        self.give(move |_| answer.clone())
    }

    /// Answers by a function of the request: with a success, or anything else.
    pub fn respond_with(
        self,
        make: impl Fn(&Received<B>) -> Result<O, Answer> + Send + Sync + 'static,
    ) -> Self {
        let operation = self.operation;
        self.give(move |seen| match make(&Received::new(seen)) {
            Ok(value) => answer::success(operation, None, &value),
            Err(answer) => answer,
        })
    }

    /// Answers with anything, declared or not; or fails to.
    pub fn answer(self, answer: Answer) -> Self {
        self.give(move |_| answer.clone())
    }

    /// One more header for the answer that was given last.
    pub fn header(self, name: &str, value: &str) -> Self {
        let pair = (name.to_owned(), value.to_owned());
        self.change(|rule| {
            if let Some(last) = rule.answers.last_mut() {
                last.headers.push(pair);
            }
        })
    }

    /// The answer that was given last comes after a while.
    pub fn delay(self, time: Duration) -> Self {
        self.change(|rule| {
            if let Some(last) = rule.answers.last_mut() {
                last.delay = Some(time);
            }
        })
    }
}

impl<O, B, I> fmt::Debug for Expect<O, B, I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Expect({})", self.operation.id)
    }
}
