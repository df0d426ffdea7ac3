/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * OWN_ALLOCATOR: the build has a sanitizer, whose allocator cannot be stood in for.
 */
#ifndef HBL_TEST_OWN_ALLOCATOR_H
#define HBL_TEST_OWN_ALLOCATOR_H

#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__
#define OWN_ALLOCATOR
#elif defined __has_feature
#if __has_feature(thread_sanitizer) || __has_feature(address_sanitizer)
#define OWN_ALLOCATOR
#endif
#endif

#endif
