// Every way to round and back, one element a thread: fp32 x [count] to the formats' bits, and those back to fp32.
extern "C" __global__ void __launch_bounds__(256) convert(const float* __restrict__ x, uint16_t* __restrict__ b16,
        uint16_t* __restrict__ h16, uint8_t* __restrict__ e4m3, uint8_t* __restrict__ e5m2,
        uint8_t* __restrict__ e4m3_by_bits, uint8_t* __restrict__ e5m2_by_bits, float* __restrict__ back, int count) {
    int i = blockIdx.x * 256 + threadIdx.x;
    if (i >= count) return;
    bf16 b = from_float<bf16>(x[i]);
    f16 h = from_float<f16>(x[i]);
    f8e4m3 e = from_float<f8e4m3>(x[i]);
    f8e5m2 f = from_float<f8e5m2>(x[i]);
    b16[i] = b.bits;
    h16[i] = h.bits;
    e4m3[i] = e.bits;
    e5m2[i] = f.bits;
    e4m3_by_bits[i] = (uint8_t)f8_from_float_by_bits<4, 3>(x[i]);
    e5m2_by_bits[i] = (uint8_t)f8_from_float_by_bits<5, 2>(x[i]);
    float all[6] = { to_float(b), to_float(h), to_float(e), to_float(f), f8_to_float_by_bits<4, 3>(e.bits),
                     f8_to_float_by_bits<5, 2>(f.bits) };
#pragma unroll
    for (int k = 0; k < 6; k++) back[i * 6 + k] = all[k];
}

// uniform [count] fp32, and x [count] rounded to bf16 by chance.
extern "C" __global__ void __launch_bounds__(256) draw(float* __restrict__ uniform, bf16* __restrict__ rounded,
        const float* __restrict__ x, uint32_t key0, uint32_t key1, uint32_t call, int count) {
    int i = blockIdx.x * 256 + threadIdx.x;
    if (i >= count) return;
    uniform[i] = random_uniform(i, key0, key1, call);
    rounded[i] = stochastic_bf16(x[i], random_bits(i, key0, key1, call + 1));
}

// y [count, 8] fp32: the functions of the prelude at x [count].
extern "C" __global__ void __launch_bounds__(256) functions(float* __restrict__ y, const float* __restrict__ x, int count) {
    int i = blockIdx.x * 256 + threadIdx.x;
    if (i >= count) return;
    float v = x[i], all[8] = { gelu(v), gelu_gradient(v), gelu_tanh(v), gelu_tanh_gradient(v), sigmoid(v), silu(v),
                               silu_gradient(v), softplus(v) };
    st8(y + (size_t)i * 8, all);
}
