#include <stint/codec.hpp>

#include <boost/json/monotonic_resource.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

namespace stint::wire {

std::string render(const json::value& v) { return json::serialize(v); }

json::storage_ptr make_room() { return json::make_shared_resource<json::monotonic_resource>(); }

result<json::value> parse(std::string_view bytes, const json::storage_ptr& room) {
  json::parse_options as;
  as.max_depth = 16; // nothing of ours is as deep
  as.allow_invalid_utf8 = true;
  json::error_code wrong;
  auto v = json::parse(json::string_view{bytes.data(), bytes.size()}, wrong, room, as);
  if (wrong)
    return {errc::bad_message, wrong.message()};
  return v;
}

} // namespace stint::wire
