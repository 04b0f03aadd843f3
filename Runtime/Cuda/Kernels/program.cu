// What a recorded pass does beside its model's own kernels: it takes inputs from one of two slots of page-locked memory,
// combines the parts of split reductions, and leaves its results in the slot for the host to find.

#include "step_numbers.cuh"

struct PassNotes {
    int random_key0, random_key1;
    int sequence;               // passes so far: the slot is its last bit
    int reserved;
    uint64_t row_error;
    StepNumbers numbers;
    float loss_scale;           // what the loss is multiplied by
    int good_steps;             // since it last changed
    int is_halted;              // an overflow that no scale can have caused
    int end;
    float results[32];
};

/// What the host says of a pass: keys of its random numbers, and the numbers of its update in front of the step.
struct PassOrders {
    int random_key0, random_key1;
    float rate, gradient_scale, max_norm;
    uint32_t key0, key1;
};

/// The orders from this pass's slot.
extern "C" __global__ void take_orders(const uint8_t* slots, nint slot_bytes, PassNotes* notes) {
    const PassOrders orders = *reinterpret_cast<const PassOrders*>(slots + (notes->sequence & 1) * slot_bytes);
    notes->random_key0 = orders.random_key0;
    notes->random_key1 = orders.random_key1;
    notes->numbers.rate = orders.rate;
    notes->numbers.gradient_scale = orders.gradient_scale;
    notes->numbers.max_norm = orders.max_norm;
    notes->numbers.key0 = orders.key0;
    notes->numbers.key1 = orders.key1;
}

/// Bytes from this pass's slot; whole 16 bytes each thread, the rest one by one.
extern "C" __global__ void __launch_bounds__(256) upload(
    const uint8_t* slots, nint slot_bytes, nint offset, const PassNotes* notes, uint8_t* to, nint bytes) {
    const uint8_t* from = slots + (notes->sequence & 1) * slot_bytes + offset;
    const nint at = ((nint)blockIdx.x * 256 + threadIdx.x) * 16;
    if (at + 16 <= bytes) *reinterpret_cast<int4*>(to + at) = *reinterpret_cast<const int4*>(from + at);
    else for (nint i = at; i < bytes; i++) to[i] = from[i];
}

/// One number of the pass for the host.
extern "C" __global__ void note(const float* value, PassNotes* notes, int place) { notes->results[place] = *value; }

/// The last kernel of a pass: what the host is to see goes into the slot.
extern "C" __global__ void finish(uint8_t* slots, nint slot_bytes, nint offset, PassNotes* notes) {
    PassNotes* seen = reinterpret_cast<PassNotes*>(slots + (notes->sequence & 1) * slot_bytes + offset);
    *seen = *notes;
    __threadfence_system();
    notes->row_error = 0;
    notes->sequence++;
}

/// result [length] = the sum, or the largest, of its parts [splits, results, length], in order.
extern "C" __global__ void __launch_bounds__(256) combine(
    const float* partials, float* result, int splits, nint stride, nint offset, nint length, int is_max) {
    const nint at = (nint)blockIdx.x * 256 + threadIdx.x;
    if (at >= length) return;
    float x = partials[offset + at];
    for (int split = 1; split < splits; split++) {
        const float part = partials[split * stride + offset + at];
        x = is_max ? maximum(x, part) : x + part;
    }
    result[at] = x;
}

/// Skips what follows in this pass where first_not_finite has found something; what was skipped stays so if it is sticky.
extern "C" __global__ void skip_where_found(const uint64_t* first, PassNotes* notes, int is_sticky) {
    notes->numbers.skip = *first != ~(uint64_t)0 || is_sticky && notes->numbers.skip;
}

/// to = from, unless the step was not finite: states of a model.
extern "C" __global__ void __launch_bounds__(256) copy_unless_halted(
    const int* from, int* to, nint length, const PassNotes* notes) {
    const nint at = (nint)blockIdx.x * 256 + threadIdx.x;
    if (at < length && !notes->numbers.skip) to[at] = from[at];
}

/// Keeps the device busy for so many rounds, one after another, while the host fills the queue behind it.
extern "C" __global__ void hold_back(float* where, int rounds) {
    float x = *where;
#pragma unroll 1
    for (int round = 0; round < rounds; round++) x = fmaf(x, 0.5f, 1.0f);
    *where = x;
}

/// Gradients of the loss times its scale become those of the loss: exact for powers of two.
extern "C" __global__ void __launch_bounds__(256) unscale(float* gradients, nint length, const PassNotes* notes) {
    const nint at = (nint)blockIdx.x * 256 + threadIdx.x;
    if (at < length) gradients[at] *= 1.0f / notes->loss_scale;
}

/// After an overflow half the scale, after so many good steps twice the scale: Micikevicius et al. (2018).
extern "C" __global__ void adapt_loss_scale(PassNotes* notes, int interval) {
    if (notes->numbers.skip) {
        notes->is_halted = notes->loss_scale <= 1.0f ? 1 : 0;
        notes->loss_scale = fmaxf(1.0f, notes->loss_scale * 0.5f);
        notes->good_steps = 0;
        return;
    }
    if (++notes->good_steps < interval) return;
    notes->good_steps = 0;
    if (2.0f * notes->loss_scale < infinity()) notes->loss_scale *= 2.0f;
}
