// x, y [count] bf16; 8 elements a thread, the last thread takes what is left.
extern "C" __global__ void __launch_bounds__(256) gelu_forward(bf16* __restrict__ y, const bf16* __restrict__ x, int count) {
    int first = (blockIdx.x * 256 + threadIdx.x) * 8;
    if (first + 8 <= count) {
        float v[8];
        ld8(x + first, v);
#pragma unroll
        for (int k = 0; k < 8; k++) v[k] = gelu(v[k]);
        st8(y + first, v);
    } else {
        for (int i = first; i < count; i++) y[i] = from_float<bf16>(gelu(to_float(x[i])));
    }
}

// dx [count] = dy gelu'(x), all bf16; read once.
extern "C" __global__ void __launch_bounds__(256) gelu_backward(bf16* __restrict__ dx, const bf16* __restrict__ x,
                                                                const bf16* __restrict__ dy, int count) {
    int first = (blockIdx.x * 256 + threadIdx.x) * 8;
    if (first + 8 <= count) {
        float v[8], d[8];
        ld8_once(x + first, v);
        ld8_once(dy + first, d);
#pragma unroll
        for (int k = 0; k < 8; k++) v[k] = d[k] * gelu_gradient(v[k]);
        st8_once(dx + first, v);
    } else {
        for (int i = first; i < count; i++) dx[i] = from_float<bf16>(to_float(dy[i]) * gelu_gradient(to_float(x[i])));
    }
}

// y [count] fp32 = a x + b; 4 elements a thread.
extern "C" __global__ void __launch_bounds__(256) scale_add(float* __restrict__ y, const float* __restrict__ x, float a,
                                                            float b, int count) {
    int first = (blockIdx.x * 256 + threadIdx.x) * 4;
    if (first + 4 <= count) {
        float v[4];
        ld4(x + first, v);
#pragma unroll
        for (int k = 0; k < 4; k++) v[k] = a * v[k] + b;
        st4(y + first, v);
    } else {
        for (int i = first; i < count; i++) y[i] = a * x[i] + b;
    }
}

// One argument, a struct by value.
struct AddArguments { float* y; const float* x; const float* z; int count; };
extern "C" __global__ void __launch_bounds__(256) add_by_struct(const AddArguments arguments) {
    int i = blockIdx.x * 256 + threadIdx.x;
    if (i < arguments.count) arguments.y[i] = arguments.x[i] + arguments.z[i];
}
