/// A file system in a file whose power can be cut: what was not on it when it was is gone, as with a real disk.
///
/// Owner    a trial; unmounted at its end.
/// Errors   `usable` says why there is none: it takes root, ext4 and loop devices.
/// Source   ext4's shutdown ioctl without flushing its log, then mounting again; it needs no device-mapper.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string>

#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace stint::faults {

class loop_disk {
public:
  explicit loop_disk(const std::string& folder)
      : image_(std::filesystem::absolute(folder) / "power.img"), path_(std::filesystem::absolute(folder) / "power") {
    std::filesystem::create_directories(path_);
    if (::geteuid() != 0)
      return;
    run("umount " + path_);
    usable_ = run("rm -f " + image_ + " && truncate -s 64M " + image_ + " && mkfs.ext4 -q -F " + image_) && mount();
  }
  ~loop_disk() {
    if (usable_)
      run("umount " + path_);
    run("rm -f " + image_);
  }
  loop_disk(const loop_disk&) = delete;
  loop_disk& operator=(const loop_disk&) = delete;

  [[nodiscard]] bool usable() const { return usable_; }
  [[nodiscard]] const std::string& path() const { return path_; }

  /// Nothing reaches the disk from here on, not even what is on its way.
  bool cut() {
    const int fd = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0)
      return false;
    std::uint32_t without_flushing = 2;
    const bool done = ::ioctl(fd, _IOR('X', 125, std::uint32_t), &without_flushing) == 0;
    ::close(fd);
    return done;
  }

  /// Power is back. Nobody may have a file open there.
  bool restore() {
    usable_ = run("umount " + path_) && mount();
    return usable_;
  }

private:
  static bool run(const std::string& command) { return std::system((command + " 2>/dev/null").c_str()) == 0; }
  bool mount() { return run("mount -o loop " + image_ + " " + path_); }

  std::string image_;
  std::string path_;
  bool usable_ = false;
};

} // namespace stint::faults
