#include <stint/protocol.hpp>

namespace stint {

caf::error to_caf(const error& e) { return caf::make_error(e.code, e.text); }

error from_caf(const caf::error& e) {
  const auto ours = caf::make_error(errc::internal);
  if (e.category() != ours.category())
    return {errc::list_gone, "the list does not answer any more"};
  error out{static_cast<errc>(e.code()), {}};
  const auto& about = e.context();
  if (about.size() == 1 && about.match_element<std::string>(0))
    out.text = about.get_as<std::string>(0);
  return out;
}

} // namespace stint
