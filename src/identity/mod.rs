//! Who is looking: sign-in, callback, the session as a context, signing out. What an identity may see is
//! decided one step later, in `policy`.

pub mod callback;
pub mod callback_page;
pub mod failure;
pub mod session;
pub mod sign_in;
pub mod sign_in_page;
pub mod sign_out;
pub mod storage;
pub mod transaction;
pub mod watch;

pub use session::Session;
pub use sign_in::SignIn;
pub use sign_out::SignOut;
