//! What numbers a country has.

use phonenumber::metadata::{Descriptor, Descriptors};

use super::{
    super::LineType,
    lengths::{Fit, Lengths},
    pattern::Pattern,
};

/// The numbers of a region, by type.
pub(super) struct Kinds {
    /// What every number looks like, whatever its type.
    general: Pattern,
    lengths: Lengths,
    local_lengths: Lengths,
    special: Vec<(LineType, Kind)>,
    fixed_line: Option<Kind>,
    mobile: Option<Kind>,
}

struct Kind {
    pattern: Pattern,
    lengths: Lengths,
}

impl Kinds {
    pub(super) fn new(descriptors: &'static Descriptors) -> Self {
        let (lengths, local_lengths) = lengths(descriptors);
        Self {
            general: Pattern::whole(descriptors.general().national_number().as_str()),
            lengths,
            local_lengths,
            special: special(descriptors)
                .into_iter()
                .filter_map(|(line_type, descriptor)| Some((line_type, Kind::new(descriptor?))))
                .collect(),
            fixed_line: descriptors.fixed_line().map(Kind::new),
            mobile: descriptors.mobile().map(Kind::new),
        }
    }

    /// The type of a national number, [`LineType::Unknown`] if there is no such number.
    pub(super) fn line_type(&self, national: &str) -> LineType {
        if !self.is_possible(national) {
            return LineType::Unknown;
        }
        if let Some((line_type, _)) = self.special.iter().find(|(_, kind)| kind.has(national)) {
            return *line_type;
        }
        let has = |kind: &Option<Kind>| kind.as_ref().is_some_and(|kind| kind.has(national));
        match (has(&self.fixed_line), has(&self.mobile)) {
            (true, true) => LineType::FixedLineOrMobile,
            (true, false) => LineType::FixedLine,
            (false, true) => LineType::Mobile,
            (false, false) => LineType::Unknown,
        }
    }

    /// Whether there is such a national number. Most are of the types that are looked at first here.
    pub(super) fn contain(&self, national: &str) -> bool {
        let special = self.special.iter().map(|(_, kind)| kind);
        let mut kinds = self.fixed_line.iter().chain(&self.mobile).chain(special);
        self.is_possible(national) && kinds.any(|kind| kind.has(national))
    }

    fn is_possible(&self, national: &str) -> bool {
        self.lengths.contains(national.len()) && self.is_viable(national)
    }

    /// How the length of a national number fits.
    pub(super) fn fit(&self, national: &str) -> Fit {
        self.lengths.fit(self.local_lengths, national.len())
    }

    /// Whether the digits look like a number, of whatever type and length.
    pub(super) fn is_viable(&self, national: &str) -> bool {
        self.general.is_match(national)
    }
}

impl Kind {
    fn new(descriptor: &'static Descriptor) -> Self {
        Self {
            pattern: Pattern::whole(descriptor.national_number().as_str()),
            lengths: Lengths::new(descriptor.possible_length()),
        }
    }

    fn has(&self, national: &str) -> bool {
        let is_possible = self.lengths.is_empty() || self.lengths.contains(national.len());
        is_possible && self.pattern.is_match(national)
    }
}

/// The types that are looked for before fixed lines and mobiles, in libphonenumber's order.
fn special(descriptors: &Descriptors) -> [(LineType, Option<&Descriptor>); 8] {
    [
        (LineType::PremiumRate, descriptors.premium_rate()),
        (LineType::TollFree, descriptors.toll_free()),
        (LineType::SharedCost, descriptors.shared_cost()),
        (LineType::Voip, descriptors.voip()),
        (LineType::PersonalNumber, descriptors.personal_number()),
        (LineType::Pager, descriptors.pager()),
        (LineType::Uan, descriptors.uan()),
        (LineType::Voicemail, descriptors.voicemail()),
    ]
}

/// The lengths of all types together, and those that work only within an area.
fn lengths(descriptors: &Descriptors) -> (Lengths, Lengths) {
    let special = special(descriptors).into_iter().map(|(_, descriptor)| descriptor);
    let all = special.chain([descriptors.fixed_line(), descriptors.mobile()]).flatten();
    let none = (Lengths::default(), Lengths::default());
    let (lengths, local) = all.fold(none, |(lengths, local), descriptor| {
        (
            lengths.union(Lengths::new(descriptor.possible_length())),
            local.union(Lengths::new(descriptor.possible_local_length())),
        )
    });
    (lengths, local.without(lengths))
}
