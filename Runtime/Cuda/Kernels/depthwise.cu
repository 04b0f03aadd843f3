// Convolutions whose groups have one channel of x each: too little for a matrix product, so every thread makes one
// element, and only the gradient of the weight takes a block for each. x [batch, channels, height, width], weight
// [outputs, 1, kernel_height, kernel_width], y [batch, outputs, out_height, out_width], all ELEMENT, but y and dx
// RESULT; outputs are a multiple of channels. Sums are fp32 in a fixed order. Bytes: what taps share comes from the
// caches.

#ifndef ELEMENT
#define ELEMENT float
#endif
#ifndef RESULT
#define RESULT ELEMENT
#endif
#ifndef GRADIENT
#define GRADIENT float
#endif
#ifndef EPILOGUE
#define EPILOGUE(value) (value)
#endif

typedef ELEMENT element;
typedef RESULT result_element;
typedef GRADIENT gradient;

/// ConvolutionShape of the runtime.
struct ConvolutionNumbers {
    int batch, channels, height, width, outputs, out_height, out_width, kernel_height, kernel_width, stride_height,
        stride_width, padding_height, padding_width, dilation_height, dilation_width, groups;
};

struct Element { int64_t at; int image, channel, row, column; };

/// This thread's element of [.., channels, height, width]; blockIdx.x is the plane of the image.
__device__ __forceinline__ Element element_of(int channels, int height, int width) {
    int image = blockIdx.x / channels, channel = blockIdx.x - image * channels;
    int place = blockIdx.y * blockDim.x + threadIdx.x, row = place / width;
    return { (int64_t)blockIdx.x * height * width + place, image, channel, row, place - row * width };
}

extern "C" __global__ void __launch_bounds__(256) depthwise_forward(result_element* __restrict__ y,
                                                                    const element* __restrict__ x,
                                                                    const element* __restrict__ weight,
                                                                    const element* __restrict__ bias,
                                                                    const ConvolutionNumbers n) {
    Element e = element_of(n.outputs, n.out_height, n.out_width);
    if (e.row >= n.out_height) return;
    int channel = e.channel / (n.outputs / n.channels);
    const element* image = x + ((int64_t)e.image * n.channels + channel) * n.height * n.width;
    const element* taps = weight + (int64_t)e.channel * n.kernel_height * n.kernel_width;
    int first_y = e.row * n.stride_height - n.padding_height, first_x = e.column * n.stride_width - n.padding_width;
    float sum = 0.0f;
    for (int r = 0; r < n.kernel_height; r++) {
        int at_y = first_y + r * n.dilation_height;
        if ((uint32_t)at_y >= (uint32_t)n.height) continue;
        for (int s = 0; s < n.kernel_width; s++) {
            int at_x = first_x + s * n.dilation_width;
            if ((uint32_t)at_x >= (uint32_t)n.width) continue;
            sum = fmaf(to_float(image[at_y * n.width + at_x]), to_float(taps[r * n.kernel_width + s]), sum);
        }
    }
    if (bias) sum += to_float(bias[e.channel]);
    y[e.at] = from_float<result_element>(EPILOGUE(sum));
}

extern "C" __global__ void __launch_bounds__(256) depthwise_input_gradient(result_element* __restrict__ dx,
                                                                           const element* __restrict__ dy,
                                                                           const element* __restrict__ weight,
                                                                           const ConvolutionNumbers n) {
    Element e = element_of(n.channels, n.height, n.width);
    if (e.row >= n.height) return;
    int multiple = n.outputs / n.channels, first = e.channel * multiple;
    int area = n.out_height * n.out_width, taps = n.kernel_height * n.kernel_width;
    const element* from = dy + ((int64_t)e.image * n.outputs + first) * area;
    const element* kernel = weight + (int64_t)first * taps;
    float sum = 0.0f;
    for (int r = 0; r < n.kernel_height; r++) {
        int steps_y = e.row + n.padding_height - r * n.dilation_height, i = steps_y / n.stride_height;
        if (steps_y < 0 || i >= n.out_height || i * n.stride_height != steps_y) continue;
        for (int s = 0; s < n.kernel_width; s++) {
            int steps_x = e.column + n.padding_width - s * n.dilation_width, j = steps_x / n.stride_width;
            if (steps_x < 0 || j >= n.out_width || j * n.stride_width != steps_x) continue;
            for (int o = 0; o < multiple; o++)
                sum = fmaf(to_float(from[(int64_t)o * area + i * n.out_width + j]),
                           to_float(kernel[o * taps + r * n.kernel_width + s]), sum);
        }
    }
    dx[e.at] = from_float<result_element>(sum);
}

/// A block for each element of the gradient: its threads take places in turn, then their sums are added as a tree.
extern "C" __global__ void __launch_bounds__(256) depthwise_weight_gradient(gradient* __restrict__ result,
                                                                            const element* __restrict__ x,
                                                                            const element* __restrict__ dy,
                                                                            const ConvolutionNumbers n) {
    __shared__ float partial[32];
    int taps = n.kernel_height * n.kernel_width, output = blockIdx.x / taps, tap = blockIdx.x - output * taps;
    int r = tap / n.kernel_width, s = tap - r * n.kernel_width, channel = output / (n.outputs / n.channels);
    int down = r * n.dilation_height - n.padding_height, right = s * n.dilation_width - n.padding_width;
    int area = n.out_height * n.out_width, all = n.batch * area;
    float sum = 0.0f;
    for (int at = threadIdx.x; at < all; at += 256) {
        int image = at / area, rest = at - image * area, i = rest / n.out_width, j = rest - i * n.out_width;
        int at_y = i * n.stride_height + down, at_x = j * n.stride_width + right;
        if ((uint32_t)at_y >= (uint32_t)n.height || (uint32_t)at_x >= (uint32_t)n.width) continue;
        int64_t source = (((int64_t)image * n.channels + channel) * n.height + at_y) * n.width + at_x;
        sum = fmaf(to_float(x[source]), to_float(dy[((int64_t)image * n.outputs + output) * area + rest]), sum);
    }
    sum = block_sum<256>(sum, partial);
    if (threadIdx.x == 0) result[blockIdx.x] = from_float<gradient>(sum);
}
