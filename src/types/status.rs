//! What became of a verification.

use super::open_enum;

open_enum! {
    /// The state of a verification. Only [`Approved`](Self::Approved) lets anyone in; in particular
    /// [`Pending`](Self::Pending) is also the answer to a wrong code.
    ///
    /// Source: Twilio, "Verifications", field `status`.
    VerificationStatus {
        /// Waiting for the right code.
        Pending = "pending",
        /// The right code was given, or the application approved it.
        Approved = "approved",
        /// The application canceled it.
        Canceled = "canceled",
        /// Five wrong codes.
        MaxAttemptsReached = "max_attempts_reached",
        /// Listed by Twilio without a documented cause.
        Deleted = "deleted",
        /// Listed by Twilio without a documented cause.
        Failed = "failed",
        /// Its ten minutes passed. Twilio answers 404 instead; the name appears in events.
        Expired = "expired",
    }
}
