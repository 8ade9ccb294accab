//! How a code travels.

use super::open_enum;

open_enum! {
    /// How a verification reaches the person. New channels of Twilio's arrive as
    /// [`Other`](Self::Other) and can be sent the same way.
    ///
    /// Each message or call is billed. Push, TOTP and passkeys are not channels but factors.
    /// Source: Twilio, "Verifications", parameter `Channel`.
    Channel {
        /// A text message.
        Sms = "sms",
        /// A voice call that reads the code. Twilio's name is `call`, not `voice`.
        Call = "call",
        /// An e-mail; the service needs an e-mail integration.
        Email = "email",
        /// A WhatsApp message; the service needs its own WhatsApp sender.
        WhatsApp = "whatsapp",
        /// Rich Communication Services.
        Rcs = "rcs",
        /// Silent network authentication: no code, the device opens a URL over mobile data.
        Sna = "sna",
        /// Twilio chooses: silent network authentication first, then a text message.
        Auto = "auto",
    }
}
