// SPDX-License-Identifier: GPL-3.0-or-later
#include "audio/wav.h"

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <stdexcept>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sndfile.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tone.h"

namespace parley::audio {
namespace {

using testing::HasSubstr;
namespace fs = std::filesystem;

class Recordings : public testing::Test {
 protected:
  Recordings() {
    std::string name = (fs::temp_directory_path() / "parley-wav-XXXXXX").string();
    directory_ = mkdtemp(name.data());
  }
  ~Recordings() override { fs::remove_all(directory_); }

  fs::path path(std::string_view name) const { return directory_ / name; }

  /// Writes any format libsndfile knows.
  void make(const fs::path& file, int format, int rate, int channels, std::span<const std::int16_t> interleaved) {
    SF_INFO info{};
    info.format = format;
    info.samplerate = rate;
    info.channels = channels;
    SNDFILE* handle = sf_open(file.c_str(), SFM_WRITE, &info);
    ASSERT_NE(handle, nullptr) << sf_strerror(nullptr);
    sf_command(handle, SFC_SET_SCALE_INT_FLOAT_WRITE, nullptr, SF_TRUE);
    sf_write_short(handle, interleaved.data(), static_cast<sf_count_t>(interleaved.size()));
    sf_close(handle);
  }

  void make_text(const fs::path& file, std::string_view text) { std::ofstream(file, std::ios::binary) << text; }

  fs::path directory_;
};

Error error_of(const fs::path& file) {
  const auto read = read_recording(file);
  EXPECT_FALSE(read);
  return read ? Error{} : read.error();
}

TEST_F(Recordings, OfEveryFormatAndRateAreHeardAtSixteenKilohertz) {
  struct Case {
    const char* name;
    int format;
    int rate;
  };
  for (const Case& c :
       {Case{"a.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16, 8000}, Case{"b.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_24, 44100},
        Case{"c.wav", SF_FORMAT_WAV | SF_FORMAT_FLOAT, 48000}, Case{"d.wav", SF_FORMAT_WAV | SF_FORMAT_ULAW, 8000},
        Case{"e.flac", SF_FORMAT_FLAC | SF_FORMAT_PCM_16, 16000},
        Case{"f.ogg", SF_FORMAT_OGG | SF_FORMAT_VORBIS, 22050},
        Case{"g.wav", SF_FORMAT_WAVEX | SF_FORMAT_PCM_16, 16000}}) {
    make(path(c.name), c.format, c.rate, 1, tone(600, c.rate, static_cast<std::size_t>(c.rate)));
    const auto heard = read_recording(path(c.name));
    ASSERT_TRUE(heard) << heard.error().message;
    EXPECT_NEAR(static_cast<double>(heard->size()), 16000.0, 2.0) << c.name;
    EXPECT_NEAR(amplitude_at(600, 16000, std::span(*heard).subspan(4000, 8000)), 0.5, 0.02) << c.name;
  }
}

TEST_F(Recordings, InStereoAreHeardAsTheMeanOfBothSides) {
  const auto left = tone(500, 16000, 16000, 0.8);
  std::vector<std::int16_t> both(32000);
  for (std::size_t i = 0; i < left.size(); ++i) both[2 * i] = left[i];
  make(path("stereo.wav"), SF_FORMAT_WAV | SF_FORMAT_PCM_16, 16000, 2, both);
  const auto heard = read_recording(path("stereo.wav"));
  ASSERT_TRUE(heard);
  EXPECT_EQ(heard->size(), 16000U);
  EXPECT_NEAR(amplitude_at(500, 16000, *heard), 0.4, 0.01);
}

TEST_F(Recordings, ThatCannotBeUsedAreRefusedWithAReason) {
  EXPECT_EQ(error_of(path("nowhere.wav")).code, ErrorCode::kNotFound);
  EXPECT_THAT(error_of(path("nowhere.wav")).message, HasSubstr("nowhere.wav"));
  EXPECT_THAT(error_of(directory_).message, HasSubstr("is not a file"));

  make_text(path("empty.wav"), "");
  EXPECT_THAT(error_of(path("empty.wav")).message, HasSubstr("is empty"));

  make_text(path("letter.wav"), "Dear Sir or Madam, this is no recording at all, whatever its name may say.");
  EXPECT_EQ(error_of(path("letter.wav")).code, ErrorCode::kInvalid);
  EXPECT_THAT(error_of(path("letter.wav")).message, HasSubstr("not a recording"));

  make(path("silent.wav"), SF_FORMAT_WAV | SF_FORMAT_PCM_16, 16000, 1, {});
  EXPECT_THAT(error_of(path("silent.wav")).message, HasSubstr("no audio in it"));

  make(path("surround.wav"), SF_FORMAT_WAV | SF_FORMAT_PCM_16, 16000, 6, std::vector<std::int16_t>(600));
  EXPECT_EQ(error_of(path("surround.wav")).code, ErrorCode::kUnsupported);
  EXPECT_THAT(error_of(path("surround.wav")).message, HasSubstr("6 channels"));

  make(path("slow.wav"), SF_FORMAT_WAV | SF_FORMAT_PCM_16, 1000, 1, std::vector<std::int16_t>(600));
  EXPECT_EQ(error_of(path("slow.wav")).code, ErrorCode::kUnsupported);
}

TEST_F(Recordings, LongerThanFourHoursAreRefused) {
  // A sparse file: a header that says five hours of 8-bit audio, and a hole.
  make(path("long.wav"), SF_FORMAT_WAV | SF_FORMAT_PCM_U8, 4000, 1, std::vector<std::int16_t>(8));
  const std::uint32_t bytes = 5 * 3600 * 4000;
  std::fstream file(path("long.wav"), std::ios::in | std::ios::out | std::ios::binary);
  const std::uint32_t riff = bytes + 36;
  file.seekp(4).write(reinterpret_cast<const char*>(&riff), 4);
  file.seekp(40).write(reinterpret_cast<const char*>(&bytes), 4);
  file.close();
  fs::resize_file(path("long.wav"), bytes + 44);
  EXPECT_THAT(error_of(path("long.wav")).message, HasSubstr("longer than 4 hours"));
}

TEST_F(Recordings, CutShortGiveWhatTheyHoldOrAClearError) {
  const auto sound = tone(600, 16000, 16000);
  make(path("cut.wav"), SF_FORMAT_WAV | SF_FORMAT_PCM_16, 16000, 1, sound);
  fs::resize_file(path("cut.wav"), 44 + 16000);  // Half of it.
  const auto heard = read_recording(path("cut.wav"));
  ASSERT_TRUE(heard);
  EXPECT_EQ(heard->size(), 8000U);

  make(path("cut.flac"), SF_FORMAT_FLAC | SF_FORMAT_PCM_16, 16000, 1, sound);
  fs::resize_file(path("cut.flac"), fs::file_size(path("cut.flac")) / 2);
  const auto error = error_of(path("cut.flac"));
  EXPECT_EQ(error.code, ErrorCode::kInvalid);
  EXPECT_THAT(error.message, HasSubstr("breaks off"));

  make(path("stub.wav"), SF_FORMAT_WAV | SF_FORMAT_PCM_16, 16000, 1, sound);
  for (const std::uintmax_t size : {1, 12, 20, 36, 44}) {
    fs::resize_file(path("stub.wav"), size);
    EXPECT_FALSE(read_recording(path("stub.wav"))) << size;
    make(path("stub.wav"), SF_FORMAT_WAV | SF_FORMAT_PCM_16, 16000, 1, sound);
  }
}

TEST_F(Recordings, OneSampleIsARecording) {
  make(path("one.wav"), SF_FORMAT_WAV | SF_FORMAT_PCM_16, 16000, 1, std::vector<std::int16_t>{1234});
  const auto heard = read_recording(path("one.wav"));
  ASSERT_TRUE(heard);
  EXPECT_EQ(*heard, std::vector<std::int16_t>{1234});
}

TEST_F(Recordings, WrittenMonoAreReadBackSampleForSample) {
  const auto sound = tone(440, 16000, 16123);
  ASSERT_TRUE(write_recording(path("out.wav"), sound));
  const auto heard = read_recording(path("out.wav"));
  ASSERT_TRUE(heard);
  EXPECT_EQ(*heard, sound);
}

TEST_F(Recordings, WrittenInStereoKeepTheirSides) {
  auto writer = WavWriter::create(path("out.wav"), 2);
  ASSERT_TRUE(writer);
  const auto left = tone(440, 16000, 3200);
  const auto right = tone(880, 16000, 3200);
  ASSERT_TRUE(writer->write(left, right));
  EXPECT_EQ(writer->duration(), milliseconds(200));
  ASSERT_TRUE(writer->close());
  SF_INFO info{};
  SNDFILE* file = sf_open(path("out.wav").c_str(), SFM_READ, &info);
  ASSERT_NE(file, nullptr);
  std::vector<std::int16_t> both(6400);
  EXPECT_EQ(sf_readf_short(file, both.data(), 3200), 3200);
  sf_close(file);
  EXPECT_EQ(info.channels, 2);
  for (std::size_t i = 0; i < 3200; ++i) {
    ASSERT_EQ(both[2 * i], left[i]);
    ASSERT_EQ(both[2 * i + 1], right[i]);
  }
}

TEST_F(Recordings, OfAProcessThatDiedCanBePlayed) {
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    auto writer = WavWriter::create(path("died.wav"), 1);
    const auto sound = tone(440, 16000, 320);
    for (int i = 0; i < 125; ++i) (void)writer->write(sound);  // 2.5 s
    raise(SIGKILL);
  }
  int status = 0;
  waitpid(child, &status, 0);
  ASSERT_TRUE(WIFSIGNALED(status));
  const auto heard = read_recording(path("died.wav"));
  ASSERT_TRUE(heard) << heard.error().message;
  EXPECT_GE(heard->size(), 32000U);
}

TEST_F(Recordings, OnAFullDiskReportItAndStayPlayable) {
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{40000, 40000};
    setrlimit(RLIMIT_FSIZE, &limit);
    auto writer = WavWriter::create(path("full.wav"), 1);
    const auto sound = tone(440, 16000, 320);
    int good = 0;
    Result<void> written;
    while (good < 1000 && (written = writer->write(sound))) ++good;
    const bool clear = !written && written.error().code == ErrorCode::kUnavailable &&
                       written.error().message.find("make room on the disk") != std::string::npos;
    const bool stays = !writer->write(sound) && !writer->close();
    _exit(clear && stays && good == 62 ? 0 : 1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  const auto heard = read_recording(path("full.wav"));
  ASSERT_TRUE(heard) << heard.error().message;
  EXPECT_GE(heard->size(), 62U * 320);
}

TEST_F(Recordings, CannotBeWrittenWhereThereIsNoDirectory) {
  const auto writer = WavWriter::create(path("no/such/out.wav"), 1);
  ASSERT_FALSE(writer);
  EXPECT_EQ(writer.error().code, ErrorCode::kNotFound);
  EXPECT_FALSE(WavWriter::create(directory_, 1));
  EXPECT_THROW((void)WavWriter::create(path("x.wav"), 3), std::invalid_argument);
}

}  // namespace
}  // namespace parley::audio
