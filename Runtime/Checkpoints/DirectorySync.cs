using System;
using System.IO;
using System.Runtime.InteropServices;

namespace ModelCompiler.Runtime.Checkpoints;

/// <summary>
/// Puts a folder's list of names on the disk: without it a file that was renamed may have its old name after a power
/// cut.
/// </summary>
static partial class DirectorySync
{
    const int ReadOnly = 0, AlreadyGone = 2;

    /// <exception cref="IOException">The system refuses.</exception>
    public static void Flush(string folder)
    {
        if (OperatingSystem.IsWindows()) return;   // its file systems log changes of names themselves
        int file = Open(folder, ReadOnly);
        if (file < 0) throw Failure(folder);
        try
        {
            // Some file systems cannot, and say so with EINVAL; there is nothing better to do on them.
            const int CannotBeSynced = 22;
            if (Sync(file) != 0 && Marshal.GetLastPInvokeError() != CannotBeSynced) throw Failure(folder);
        }
        finally
        {
            _ = Close(file);
        }
    }

    static IOException Failure(string folder) => Marshal.GetLastPInvokeError() == AlreadyGone
        ? new DirectoryNotFoundException($"There is no folder {folder} any more. Create it and save again.")
        : new IOException($"{folder} cannot be put on the disk: {Marshal.GetLastPInvokeErrorMessage()}. Check the " +
            "disk and save again.");

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Sync(int file);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int file);
}
