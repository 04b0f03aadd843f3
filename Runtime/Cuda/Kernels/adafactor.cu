// Adafactor (Shazeer and Stern, 2018, algorithms 4 to 6 without momentum) of one parameter: tensors, each of matrices
// of rows by columns, fp32, with the sums and roundings of AdafactorUpdate on the CPU. In order, for a parameter that
// keeps a number for each row and column:
//
//   adafactor_rows      row_squares [all rows]: means of squares of a row, mixed into what they were
//   adafactor_means     means [all matrices] of these
//   adafactor_columns   column_squares [all matrices, columns]
//   adafactor_measure   update_sums, weight_sums [all rows]: squares of the update, and of the weights
//   adafactor_factors   factors [tensors, 2]: the step's length, what is left of the weights
//   adafactor_apply     the weights
//
// and for one that keeps a number for each element, in row_squares, without the first three. Sums are double, in a
// fixed order. Bytes: gradients four times, or twice; weights twice. Nothing changes in a step that is skipped.

#include "step_numbers.cuh"

/// AdafactorNumbers of CudaAdafactor.cs.
struct AdafactorNumbers {
    int matrices, rows, columns;        // of a tensor; of a matrix
    int is_factored, is_relative, scales_by_parameter;
    float clip_threshold, decay_power, square_epsilon, parameter_epsilon;
};

struct GroupSettings { float rate_scale, decay; };

__device__ __forceinline__ double warp_sum(double x) {
#pragma unroll
    for (int lanes = 16; lanes > 0; lanes >>= 1) x += __shfl_xor_sync(all_lanes, x, lanes);
    return x;
}

/// How much of the second moments stays in this step; to all threads of the block.
__device__ __forceinline__ float decay_of(const StepNumbers* numbers, float power) {
    __shared__ float decay;
    if (threadIdx.x == 0 && threadIdx.y == 0) decay = (float)(1.0 - pow((double)numbers->step, -(double)power));
    __syncthreads();
    return decay;
}

__device__ __forceinline__ float mix(float old, double square, float decay, float epsilon) {
    return (float)((double)mul(decay, old) + (double)(1.0f - decay) * (square + (double)epsilon));
}

/// A warp for each row.
extern "C" __global__ void __launch_bounds__(256) adafactor_rows(float* __restrict__ row_squares,
                                                                 const float* __restrict__ gradients,
                                                                 const StepNumbers* __restrict__ numbers,
                                                                 int64_t all_rows, const AdafactorNumbers n) {
    if (numbers->skip) return;
    float decay = decay_of(numbers, n.decay_power), scale = numbers->scale;
    int64_t row = (int64_t)blockIdx.x * 8 + warp_index();
    if (row >= all_rows) return;
    double sum = 0.0;
    for (int c = lane_index(); c < n.columns; c += 32) {
        double value = mul(gradients[row * n.columns + c], scale);
        sum += value * value;
    }
    sum = warp_sum(sum);
    if (lane_index() == 0) row_squares[row] = mix(row_squares[row], sum / n.columns, decay, n.square_epsilon);
}

/// A block for each matrix.
extern "C" __global__ void __launch_bounds__(256) adafactor_means(double* __restrict__ means,
                                                                  const float* __restrict__ row_squares,
                                                                  const StepNumbers* __restrict__ numbers,
                                                                  const AdafactorNumbers n) {
    __shared__ double partial[32];
    if (numbers->skip) return;
    double sum = 0.0;
    for (int r = threadIdx.x; r < n.rows; r += 256) sum += row_squares[(int64_t)blockIdx.x * n.rows + r];
    sum = block_sum<256>(sum, partial);
    if (threadIdx.x == 0) means[blockIdx.x] = sum / n.rows;
}

/// 32 x 16 threads for 32 columns of matrix blockIdx.y, each with every sixteenth row.
extern "C" __global__ void __launch_bounds__(512) adafactor_columns(float* __restrict__ column_squares,
                                                                    const float* __restrict__ gradients,
                                                                    const StepNumbers* __restrict__ numbers,
                                                                    const AdafactorNumbers n) {
    __shared__ double sums[16][32];
    if (numbers->skip) return;
    float decay = decay_of(numbers, n.decay_power), scale = numbers->scale;
    int column = blockIdx.x * 32 + threadIdx.x;
    double sum = 0.0;
    if (column < n.columns) {
        const float* from = gradients + (int64_t)blockIdx.y * n.rows * n.columns + column;
        for (int r = threadIdx.y; r < n.rows; r += 16) {
            double value = mul(from[(int64_t)r * n.columns], scale);
            sum += value * value;
        }
    }
    sums[threadIdx.y][threadIdx.x] = sum;
    __syncthreads();
    if (threadIdx.y != 0 || column >= n.columns) return;
    sum = 0.0;
    for (int i = 0; i < 16; i++) sum += sums[i][threadIdx.x];
    float* to = column_squares + (int64_t)blockIdx.y * n.columns + column;
    *to = mix(*to, sum / n.rows, decay, n.square_epsilon);
}

/// What the update of an element is before its length.
__device__ __forceinline__ float update_of(float gradient, float of_row, float column_square) {
    return mul(gradient, of_row) / sqrtf(column_square);
}

__device__ __forceinline__ float factor_of_row(const float* row_squares, const double* means, int64_t row, int rows) {
    return (float)(1.0 / sqrt((double)row_squares[row] / means[row / rows]));
}

/// A warp for each row.
extern "C" __global__ void __launch_bounds__(256) adafactor_measure(double* __restrict__ update_sums,
                                                                    double* __restrict__ weight_sums,
                                                                    float* __restrict__ row_squares,
                                                                    const float* __restrict__ column_squares,
                                                                    const double* __restrict__ means,
                                                                    const float* __restrict__ weights,
                                                                    const float* __restrict__ gradients,
                                                                    const StepNumbers* __restrict__ numbers,
                                                                    int64_t all_rows, const AdafactorNumbers n) {
    if (numbers->skip) return;
    float decay = n.is_factored ? 0.0f : decay_of(numbers, n.decay_power), scale = numbers->scale;
    int64_t row = (int64_t)blockIdx.x * 8 + warp_index();
    if (row >= all_rows) return;
    float of_row = n.is_factored ? factor_of_row(row_squares, means, row, n.rows) : 0.0f;
    double updates = 0.0, sizes = 0.0;
    for (int c = lane_index(); c < n.columns; c += 32) {
        int64_t at = row * n.columns + c;
        float gradient = mul(gradients[at], scale), update, weight = weights[at];
        if (n.is_factored) update = update_of(gradient, of_row, column_squares[row / n.rows * n.columns + c]);
        else {
            float square = add(mul(gradient, gradient), n.square_epsilon);
            square = add(mul(row_squares[at], decay), mul(square, 1.0f - decay));
            row_squares[at] = square;
            update = gradient / sqrtf(square);
        }
        updates += (double)update * (double)update;
        sizes += (double)weight * (double)weight;
    }
    updates = warp_sum(updates);
    sizes = warp_sum(sizes);
    if (lane_index() != 0) return;
    update_sums[row] = updates;
    weight_sums[row] = sizes;
}

/// A block for each tensor.
extern "C" __global__ void __launch_bounds__(256) adafactor_factors(double* __restrict__ factors,
                                                                    const double* __restrict__ update_sums,
                                                                    const double* __restrict__ weight_sums,
                                                                    const GroupSettings* __restrict__ groups,
                                                                    const StepNumbers* __restrict__ numbers,
                                                                    const AdafactorNumbers n) {
    __shared__ double partial[32];
    if (numbers->skip) return;
    int64_t rows = (int64_t)n.matrices * n.rows, first = blockIdx.x * rows;
    double update = 0.0, size = 0.0;
    for (int64_t r = threadIdx.x; r < rows; r += 256) {
        update += update_sums[first + r];
        size += weight_sums[first + r];
    }
    update = block_sum<256>(update, partial);
    size = block_sum<256>(size, partial);
    if (threadIdx.x != 0) return;
    double count = (double)rows * n.columns, length = numbers->rate, relative = 1.0 / sqrt((double)numbers->step);
    if (n.is_relative && relative < length) length = relative;
    length *= groups[blockIdx.x].rate_scale;
    if (n.scales_by_parameter) {
        double root = sqrt(size / count);
        length *= root > n.parameter_epsilon ? root : (double)n.parameter_epsilon;
    }
    double clip = sqrt(update / count) / n.clip_threshold;
    factors[2 * blockIdx.x] = length / (clip > 1.0 ? clip : 1.0);
    factors[2 * blockIdx.x + 1] = 1.0 - length * groups[blockIdx.x].decay;
}

/// A warp for each row.
extern "C" __global__ void __launch_bounds__(256) adafactor_apply(float* __restrict__ weights,
                                                                  const double* __restrict__ factors,
                                                                  const float* __restrict__ row_squares,
                                                                  const float* __restrict__ column_squares,
                                                                  const double* __restrict__ means,
                                                                  const float* __restrict__ gradients,
                                                                  const StepNumbers* __restrict__ numbers,
                                                                  int64_t all_rows, const AdafactorNumbers n) {
    if (numbers->skip) return;
    int64_t row = (int64_t)blockIdx.x * 8 + warp_index();
    if (row >= all_rows) return;
    int64_t matrix = row / n.rows, tensor = matrix / n.matrices;
    float of_row = n.is_factored ? factor_of_row(row_squares, means, row, n.rows) : 0.0f, scale = numbers->scale;
    float length = (float)factors[2 * tensor], keep = (float)factors[2 * tensor + 1];
    for (int c = lane_index(); c < n.columns; c += 32) {
        int64_t at = row * n.columns + c;
        float gradient = mul(gradients[at], scale);
        float update = n.is_factored ? update_of(gradient, of_row, column_squares[matrix * n.columns + c])
            : gradient / sqrtf(row_squares[at]);
        weights[at] = add(mul(weights[at], keep), -mul(update, length));
    }
}
