namespace ModelCompiler.Runtime.Cpu;

/// <summary>
/// Item i finds the first largest element of x [planes, height, width] in every window of plane i; there it reads
/// values into y [planes, out height, out width], or adds y to values.
/// </summary>
readonly unsafe struct LargestOfWindows(in PoolingShape shape, float* x, float* values, float* y, bool isSpread) : IWork
{
    readonly PoolingShape shape = shape;
    readonly float* x = x, values = values, y = y;
    readonly bool isSpread = isSpread;

    public void Run(int first, int last)
    {
        nint area = (nint)shape.Height * shape.Width;
        float* to = y + (nint)first * shape.OutHeight * shape.OutWidth;
        for (int plane = first; plane < last; plane++)
        {
            float* image = x + plane * area, value = values + plane * area;
            if (isSpread) Rows.Clear(value, area);
            for (int i = 0; i < shape.OutHeight; i++)
            {
                (int top, int bottom, _) = shape.Rows(i);
                for (int j = 0; j < shape.OutWidth; j++, to++)
                {
                    (int left, int right, _) = shape.Columns(j);
                    nint place = Largest(image, top, bottom, left, right);
                    if (isSpread) value[place] += *to;
                    else *to = value[place];
                }
            }
        }
    }

    nint Largest(float* image, int top, int bottom, int left, int right)
    {
        nint place = (nint)top * shape.Width + left;
        float best = image[place];
        for (int r = top; r < bottom; r++)
        {
            float* row = image + (nint)r * shape.Width;
            for (int c = left; c < right; c++)
            {
                float candidate = row[c];
                // Not "larger": NaN is never larger, but the first one counts.
                if (candidate <= best || float.IsNaN(best)) continue;
                (best, place) = (candidate, (nint)r * shape.Width + c);
            }
        }
        return place;
    }
}
