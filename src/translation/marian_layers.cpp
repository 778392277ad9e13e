// SPDX-License-Identifier: GPL-3.0-or-later
#include "translation/marian_layers.h"

#include <cmath>

namespace parley::translation {
namespace {

constexpr float kEpsilon = 1e-9F;  // Marian's layer normalisation

float* room(std::vector<float>& memory, std::size_t count) {
  if (memory.size() < count) memory.resize(count);
  return memory.data();
}

}  // namespace

void MarianLayers::prepare(const float* x, std::size_t rows, std::size_t width) {
  prepared_ = x;
  prepared_rows_ = rows;
  if (arithmetic_ == Arithmetic::kFloat32) return;
  if (memory_.bytes.size() < rows * width) memory_.bytes.resize(rows * width);
  float* scales = room(memory_.scales, rows);
  for (std::size_t row = 0; row < rows; ++row) {
    scales[row] = kernels_.quantise_row(x + row * width, width, memory_.bytes.data() + row * width);
  }
}

void MarianLayers::multiply(const Linear& layer, float* out, std::span<const std::uint32_t> picked) {
  const std::uint32_t* which = picked.empty() ? nullptr : picked.data();
  const std::size_t count = picked.empty() ? layer.matrix.outputs : picked.size();
  if (arithmetic_ == Arithmetic::kFloat32) {
    kernels_.multiply_f32({.rows = prepared_,
                           .row_count = prepared_rows_,
                           .matrix = layer.matrix,
                           .bias = layer.bias,
                           .picked = which,
                           .picked_count = count,
                           .out = out});
  } else {
    kernels_.multiply_int8({.rows = memory_.bytes.data(),
                            .row_scales = memory_.scales.data(),
                            .row_count = prepared_rows_,
                            .matrix = layer.matrix,
                            .bias = layer.bias,
                            .picked = which,
                            .picked_count = count,
                            .out = out});
  }
}

void MarianLayers::linear(const Linear& layer, const float* x, std::size_t rows, float* out,
                          std::span<const std::uint32_t> picked) {
  prepare(x, rows, layer.matrix.inputs);
  multiply(layer, out, picked);
}

void MarianLayers::keys_and_values(const Attention& layer, const float* x, std::size_t rows, float* keys,
                                   float* values) {
  prepare(x, rows, dimensions_.model);
  multiply(layer.key, keys);
  multiply(layer.value, values);
}

void MarianLayers::attend(const Attention& layer, float* x, std::size_t rows, const float* keys, const float* values,
                          std::size_t positions, float* first_head) {
  const std::size_t width = dimensions_.model;
  const std::size_t head_width = dimensions_.head();
  const float scale = 1.0F / std::sqrt(static_cast<float>(head_width));
  float* queries = room(memory_.queries, rows * width);
  float* mixed = room(memory_.mixed, rows * width);
  float* projected = room(memory_.projected, rows * width);
  float* energies = room(memory_.energies, positions);

  linear(layer.query, x, rows, queries);
  for (std::size_t row = 0; row < rows; ++row) {
    for (std::size_t head = 0; head < dimensions_.heads; ++head) {
      const std::size_t at = head * head_width;
      float* weights = first_head != nullptr && head == 0 ? first_head : energies;
      kernels_.dot_rows(queries + row * width + at, keys + at, width, positions, head_width, scale, weights);
      kernels_.softmax(weights, positions);
      kernels_.weighted_sum(weights, values + at, width, positions, head_width, mixed + row * width + at);
    }
  }
  linear(layer.output, mixed, rows, projected);
  for (std::size_t row = 0; row < rows; ++row) {
    float* state = x + row * width;
    kernels_.add_layer_norm(projected + row * width, state, layer.norm.gain, layer.norm.bias, kEpsilon, width, state);
  }
}

void MarianLayers::feed_forward(const FeedForward& layer, float* x, std::size_t rows) {
  const std::size_t width = dimensions_.model;
  float* inner = room(memory_.inner, rows * dimensions_.feed_forward);
  float* projected = room(memory_.projected, rows * width);
  linear(layer.inner, x, rows, inner);
  kernels_.relu(inner, rows * dimensions_.feed_forward);
  linear(layer.outer, inner, rows, projected);
  for (std::size_t row = 0; row < rows; ++row) {
    float* state = x + row * width;
    kernels_.add_layer_norm(projected + row * width, state, layer.norm.gain, layer.norm.bias, kEpsilon, width, state);
  }
}

void MarianLayers::recur(const RecurrentUnit& layer, float* x, float* state) {
  const std::size_t width = dimensions_.model;
  float* forget = room(memory_.queries, width);
  float* input = room(memory_.mixed, width);
  prepare(x, 1, width);
  multiply(layer.forget, forget);
  multiply(layer.input, input);
  kernels_.sigmoid(forget, width);
  for (std::size_t i = 0; i < width; ++i) {
    state[i] = forget[i] * state[i] + (1.0F - forget[i]) * input[i];
    input[i] = state[i];
  }
  kernels_.relu(input, width);
  kernels_.add_layer_norm(input, x, layer.norm.gain, layer.norm.bias, kEpsilon, width, x);
}

}  // namespace parley::translation
